"""The words for refused files: what is wrong and what to do."""

from portfolio.files.inspection_terms import RejectReason
from portfolio.i18n import N_

REJECT_REASON_LABELS: dict[RejectReason, str] = {
    RejectReason.EMPTY: N_("The file is empty."),
    RejectReason.TOO_LARGE: N_("The file is larger than 25 MB. Make its pictures smaller or split it."),
    RejectReason.EXTENSION: N_("Only docx, xlsx, csv, pdf, png and jpg files are accepted. Save it as one of these."),
    RejectReason.WRONG_TYPE: N_("The content is not what the name of the file says. Save it again from its program."),
    RejectReason.DAMAGED: N_("The file is damaged and cannot be read. Save it again from its program."),
    RejectReason.ENCRYPTED: N_("The file is protected with a password. Remove the password and send it again."),
    RejectReason.HIDDEN_DATA: N_("The file has something else attached to it. Save it again from its program."),
    RejectReason.UNSAFE_NAME: N_("The file has parts with names that are not safe. Save it again from its program."),
    RejectReason.TOO_MANY_PARTS: N_("The file has more than 2,000 parts. Split it."),
    RejectReason.BOMB: N_("The file grows too much when it is opened. Make it smaller or send it as PDF."),
    RejectReason.MACRO: N_("The file has macros. Save it without them, as docx or xlsx."),
    RejectReason.EMBEDDED: N_(
        "The file has another file or object inside. Put it in as a picture, or attach it apart."
    ),
    RejectReason.EXTERNAL_LINK: N_(
        "The file takes content from outside (a linked workbook, picture or template). Break the links."
    ),
    RejectReason.ACTIVE_CONTENT: N_(
        "The file has content that runs by itself (scripts or programs). Save a plain copy."
    ),
    RejectReason.DTD: N_("The file has declarations that documents never need. Save it again from its program."),
    RejectReason.NOT_TEXT: N_("The file is not readable text. Save it as CSV in UTF-8."),
    RejectReason.TOO_MANY_CELLS: N_("The file has too many rows, cells or paragraphs. Split it."),
    RejectReason.TOO_MANY_PIXELS: N_("The picture has more than 40 million points. Make it smaller."),
    RejectReason.TOO_HEAVY: N_("The file takes too long to read. Make it simpler, or send it as PDF."),
}

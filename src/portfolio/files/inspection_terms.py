"""What is said of an uploaded file. The words are in `inspection_labels`, so that the child process loads as little as
it can.
"""

from enum import Enum


class FileKind(Enum):
    """What is accepted; the value is the extension we give the file."""

    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    PDF = "pdf"
    PNG = "png"
    JPG = "jpg"


class RejectReason(Enum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    EXTENSION = "extension"
    WRONG_TYPE = "wrong_type"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    HIDDEN_DATA = "hidden_data"
    UNSAFE_NAME = "unsafe_name"
    TOO_MANY_PARTS = "too_many_parts"
    BOMB = "bomb"
    MACRO = "macro"
    EMBEDDED = "embedded"
    EXTERNAL_LINK = "external_link"
    ACTIVE_CONTENT = "active_content"
    DTD = "dtd"
    NOT_TEXT = "not_text"
    TOO_MANY_CELLS = "too_many_cells"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_HEAVY = "too_heavy"


class Unacceptable(Exception):
    """Raised inside the inspection when a file must be refused."""

    def __init__(self, reason: RejectReason) -> None:
        super().__init__(reason.value)
        self.reason = reason

"""The letter as a Word document, made from its record alone: the same record gives the same bytes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portfolio.approvals.terms import OpinionOutcome
from portfolio.db.money import Money
from portfolio.documents.docx_out import WordDocument
from portfolio.i18n import gettext as _
from portfolio.i18n import language
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import WordCode
from portfolio.web.formatting import day, instant, money

WORDS = {
    OpinionOutcome.FAVOURABLE.value: WordCode.OPINION_FAVOURABLE,
    OpinionOutcome.WITH_CONDITIONS.value: WordCode.OPINION_WITH_CONDITIONS,
    OpinionOutcome.UNFAVOURABLE.value: WordCode.OPINION_UNFAVOURABLE,
}
"""The country's words for each opinion."""


def letter_document(pack: CountryPack, record: Mapping[str, Any], digest: str, address: str) -> bytes:
    """DOCX bytes in the language of the record (see `letters.letter_record`).

    `digest` is that of the record and is printed with `address`, where it can be compared.
    """
    issued_at = datetime.fromisoformat(record["issued_at"])
    with language(record["language"]):
        letter = str(pack.word(WordCode.LETTER)).capitalize()
        opinion = str(pack.word(WordCode.OPINION))
        document = WordDocument(f"{letter}: {opinion}", issued_at)
        document.heading(f"{letter}: {opinion}", level=0)
        document.facts(
            [
                (_("Call"), record["call"]),
                (_("To"), record["institution"]),
                (_("From"), record["body"]),
                (_("Date"), day(issued_at.astimezone(pack.zone).date())),
                (_("Cases"), str(len(record["cases"]))),
            ]
        )
        _add_summary(document, pack, record)
        for case in record["cases"]:
            _add_case(document, pack, case)
        document.heading(_("Verification"), level=2)
        document.paragraph(
            _(
                "This letter was made from the record of the opinions. Whoever is signed in can compare its digest at the "
                "address below: it tells whether this letter was issued, and when."
            )
        )
        document.facts([(_("Digest of the record (SHA-256)"), digest), (_("Address"), address)])
        document.footer(digest, address)
        return document.content()


def _add_summary(document: WordDocument, pack: CountryPack, record: Mapping[str, Any]) -> None:
    """One line a case, for whoever reads only the first page."""
    document.heading(_("In short"), level=2)
    document.items(
        f"{case['number']} {case['title']}: {_outcome(pack, case)}. {_('Recommended')}: {_amount(case)}"
        for case in record["cases"]
    )


def _outcome(pack: CountryPack, case: Mapping[str, Any]) -> str:
    return str(pack.word(WORDS[case["outcome"]]))


def _amount(case: Mapping[str, Any]) -> str:
    return _("not stated") if case["recommended"] is None else money(Money(case["currency"], case["recommended"]))


def _add_case(document: WordDocument, pack: CountryPack, case: Mapping[str, Any]) -> None:
    document.heading(f"{case['number']} {case['title']}", level=1)
    document.facts(
        [
            (str(pack.word(WordCode.OPINION)).capitalize(), _outcome(pack, case)),
            (_("Recommended amount"), _amount(case)),
            (_("Signed by"), f"{case['signed_by']}, {instant(datetime.fromisoformat(case['signed_at']))}"),
            (_("Body"), case["body"]),
        ]
    )
    document.heading(_("Reasons"), level=2)
    document.paragraph(case["reasons"])
    document.heading(_("Grounds"), level=2)
    document.items(
        (
            f"{ground['title']}. {ground['text']}" + (f" — {ground['note']}" if ground["note"] else "")
            for ground in case["grounds"]
        ),
        numbered=True,
    )
    if case["conditions"]:
        document.heading(_("Conditions"), level=2)
        document.items((_condition(condition) for condition in case["conditions"]), numbered=True)
    document.facts(
        [
            (_("Digest of the opinion"), case["opinion_digest"]),
            (_("Digest of the frozen content"), case["snapshot_digest"]),
        ]
    )


def _condition(condition: Mapping[str, Any]) -> str:
    parts = [
        condition["text"],
        _("Answers for it: %(owner)s") % {"owner": condition["owner"]},
        _("Evidence: %(evidence)s") % {"evidence": condition["evidence"]},
        _("Due: %(day)s") % {"day": day(date.fromisoformat(condition["due_on"]))},
    ]
    if condition["tranche"]:
        parts.append(_("Tranche that waits for it: %(number)s") % {"number": condition["tranche"]})
    return ". ".join(part.rstrip(".") for part in parts) + "."

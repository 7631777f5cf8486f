"""The words for `terms.py`. Reasons are stored as a code with parameters and put into words when they are shown."""

from portfolio.documents.terms import CellState, RowFlag, Why
from portfolio.i18n import N_, gettext
from portfolio.labels import register

FIELD_NAMES: dict[str, str] = {
    "title": N_("Title"),
    "description": N_("Description"),
    "institution": N_("Institution"),
    "institution_code": N_("Institution code"),
    "source_id": N_("Identifier in the source"),
    "theme": N_("Theme"),
    "start_on": N_("Start"),
    "end_on": N_("Approved end"),
    "end_on_current": N_("End expected now"),
    "budget": N_("Whole-life budget"),
    "budget_year": N_("Budget of the year"),
    "forecast": N_("Whole-life forecast"),
    "forecast_year": N_("Forecast of the year"),
    "rating": N_("Rating"),
    "stage": N_("Stage"),
    "status": N_("Status"),
    "url": N_("Web address"),
}
"""The words for the fields that a mapping fills (`mapping_schema.FIELDS`)."""


def field_name(field: str) -> str:
    """A mapped field in the reader's language."""
    return gettext(FIELD_NAMES[field])


register(
    {
        CellState.KNOWN: N_("Known"),
        CellState.MISSING: N_("Missing in the source"),
        CellState.EXEMPT: N_("Exempt from publication"),
        CellState.WORDS: N_("Words instead of a value"),
        CellState.UNREADABLE: N_("Could not be read"),
        RowFlag.TOTAL: N_("Looks like a totals row"),
        RowFlag.DOUBLE_ENCODED: N_("Text encoded twice"),
        RowFlag.IDENTICAL_REPEAT: N_("Repeats another row exactly"),
        RowFlag.KEY_REPEATS: N_("Same key as another row, other content"),
    }
)
# Apart: a reason and a flag of the same text would be one key of one dict.
register(
    {
        Why.TOO_MANY_CELLS: N_(
            "The row has %(found)s cells and the header %(expected)s: a separator without quotes, or a shift."
        ),
        Why.TOO_FEW_CELLS: N_("The row has %(found)s cells and the header %(expected)s."),
        Why.BROKEN_QUOTES: N_("Quotation marks that do not match."),
        Why.HEADER_REPEATED: N_("The header again, inside the data."),
        Why.TOTAL_ROW: N_("A totals row, not an initiative."),
        Why.KEY_MISSING: N_("No value in the column that identifies the initiative."),
        Why.AS_AT_UNREADABLE: N_("The as-at date of the row cannot be read."),
        Why.NOT_A_NUMBER: N_("Not an amount in the format of this source."),
        Why.TOO_MANY_DECIMALS: N_("More decimals than %(currency)s has (%(digits)s)."),
        Why.NUMBER_TOO_LARGE: N_("The amount is too large."),
        Why.UNKNOWN_CURRENCY: N_("“%(currency)s” is not the code of a currency."),
        Why.NOT_A_DATE: N_("Not a date in a format of this source."),
        Why.IMPOSSIBLE_DATE: N_("No such date."),
        Why.AMBIGUOUS_DATE: N_("Day and month may be swapped: the mapping must say which comes first."),
        Why.UNKNOWN_WORD: N_("A word that the mapping does not know."),
        Why.NOT_AN_ADDRESS: N_("Not a web address (http or https)."),
        Why.BOTH_FILLED: N_("Only one of %(columns)s may be filled, and they differ."),
        Why.ENCODING_ASSUMED: N_("The text is not UTF-8; it was read as %(encoding)s."),
        Why.DELIMITER_ASSUMED: N_("The separator of the columns is not certain; “%(delimiter)s” was used."),
        Why.HEADER_ASSUMED: N_("No known header was found; row %(row)s was taken as the header."),
        Why.PREAMBLE: N_("%(count)s rows before the header were not read as data."),
        Why.OTHER_SHEETS: N_("Only the sheet “%(sheet)s” was read; there are also: %(others)s."),
        Why.DUPLICATE_HEADER: N_("The column “%(column)s” appears more than once."),
        Why.DOUBLE_ENCODED: N_("%(count)s rows hold text that was encoded twice; it was kept as it came."),
    }
)

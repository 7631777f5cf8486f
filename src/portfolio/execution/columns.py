"""Columns of a file of the financial system: recognised by their words in es, pt and en, or named by a person."""

from collections.abc import Mapping, Sequence

from portfolio.documents.headers import normal
from portfolio.execution.terms import Flow
from portfolio.i18n import N_

HEADERS: Mapping[str, tuple[str, ...]] = {
    "project": (
        "project", "project number", "proyecto", "número de proyecto", "número del proyecto", "numero de proyecto",
        "código de proyecto", "projeto", "número do projeto", "codigo de proyecto", "initiative", "iniciativa",
    ),
    "month": ("month", "mes", "mês", "period", "periodo", "período"),
    "line": (
        "line", "budget line", "línea", "linea", "línea presupuestaria", "linea presupuestaria", "partida",
        "partida presupuestaria", "linha", "linha orçamentária", "linha orcamentaria", "clasificador", "rubro", "rubrica",
    ),
    "planned": ("planned", "planificado", "programado", "previsto", "planejado"),
    "committed": ("committed", "comprometido", "compromiso", "empenhado"),
    "accrued": ("accrued", "devengado", "liquidado"),
    "paid": ("paid", "pagado", "pago"),
    "currency": ("currency", "moneda", "moeda"),
    "reference": ("reference", "referencia", "referência", "document", "documento"),
    "code": (
        "approval code", "code", "código de aprobación", "codigo de aprobacion", "código de aprovação", "código", "codigo",
    ),
}  # fmt: skip
"""Names that a column may bear, in the languages of the interface."""

WORDS: Mapping[str, str] = {
    "project": N_("Number of the project"),
    "month": N_("Month"),
    "line": N_("Budget line"),
    "planned": N_("Planned"),
    "committed": N_("Committed"),
    "accrued": N_("Accrued"),
    "paid": N_("Paid"),
    "currency": N_("Currency"),
    "reference": N_("Reference of the financial system"),
    "code": N_("Approval code"),
}
"""What each field is called on the page."""

EXPLAINED: Mapping[str, str] = {
    "project": N_("The number of the project, for example PF-2026-000001. Needed."),
    "month": N_("2026-08, 08/2026, August 2026 or a date of the month. Needed."),
    "line": N_("A code of the budget classification; blank where it is not known"),
    "planned": N_("Of the month, not cumulated. A blank is not reported, and is not zero."),
    "committed": N_("Bound by contracts in the month"),
    "accrued": N_("Received and owed in the month"),
    "paid": N_("Paid in the month. At least one of the four amounts is needed."),
    "currency": N_("Three letters, for example USD; blank: the project's"),
    "reference": N_("Tells two documents of one month and line apart: their amounts add up"),
    "code": N_("The approval code that the amounts are drawn on, if the financial system knows it"),
}
"""What each column holds, for who makes a file."""

NEEDED = ("project", "month")
AMOUNTS = tuple(flow.value for flow in Flow)


def recognised(header: Sequence[str]) -> dict[str, str]:
    """Field → header of its column, for the columns whose words are known."""
    cells = {normal(cell): cell for cell in reversed(header)}
    found = {}
    for field, words in HEADERS.items():
        name = next((cells[normal(word)] for word in words if normal(word) in cells), "")
        if name:
            found[field] = name
    return found


def places(header: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Field → place of its column; a column that the file lacks is left out."""
    return {field: header.index(name) for field, name in mapping.items() if field in HEADERS and name in header}


def lacking(found: Mapping[str, int]) -> list[str]:
    """Fields without a column that a file cannot do without; `paid` stands for any of the amounts."""
    missing = [field for field in NEEDED if field not in found]
    return missing if any(name in found for name in AMOUNTS) else [*missing, "paid"]

"""What a mapping may say: how the columns of one source become fields of an initiative. Data, checked when loaded."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from babel.numbers import list_currencies
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from portfolio.documents.dates import check_format, read_date
from portfolio.documents.headers import normal
from portfolio.documents.marked_yaml import read_marked
from portfolio.errors import ConfigurationError
from portfolio.i18n import Phrase


class FieldKind(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    WORD = "word"
    URL = "url"


FIELDS: dict[str, FieldKind] = {
    "title": FieldKind.TEXT,
    "description": FieldKind.TEXT,
    "institution": FieldKind.TEXT,
    "institution_code": FieldKind.TEXT,
    "source_id": FieldKind.TEXT,
    "theme": FieldKind.TEXT,
    "start_on": FieldKind.DATE,
    "end_on": FieldKind.DATE,
    "end_on_current": FieldKind.DATE,
    "budget": FieldKind.MONEY,
    "budget_year": FieldKind.MONEY,
    "forecast": FieldKind.MONEY,
    "forecast_year": FieldKind.MONEY,
    "rating": FieldKind.WORD,
    "stage": FieldKind.WORD,
    "status": FieldKind.WORD,
    "url": FieldKind.URL,
}
"""The fields a mapping may fill. `budget` and `forecast` are for the whole life, `…_year` for the year of the as-at
date; `end_on` is the end last approved, `end_on_current` the one expected now, or the actual one."""

MULTIPLIERS = {"units": 0, "thousands": 3, "millions": 6, "billions": 9}
"""Powers of ten that a source counts money in; a billion is a thousand millions."""


def _known_currency(code: str) -> str:
    if code not in list_currencies():
        raise ValueError("not an ISO 4217 currency code")
    return code


def _known_format(text: str) -> str:
    check_format(text)
    return text


def _known_field(name: str) -> str:
    if name not in FIELDS:
        raise ValueError(f"unknown field; known are {', '.join(FIELDS)}")
    return name


FieldName = Annotated[str, AfterValidator(_known_field)]
Currency = Annotated[str, AfterValidator(_known_currency)]
DateFormat = Annotated[str, AfterValidator(_known_format)]
Column = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Numbers(_Part):
    """How the source writes numbers. A thousands separator that is not declared makes a number unreadable."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    symbols: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("the decimal mark and the thousands separator must differ")
        return self


class FieldMapping(_Part):
    """Where a field comes from. Of several `columns` at most one may be filled. `explained_by` is a column whose words
    are kept as the reason when the value is missing. `missing` and `exempt` replace those of the mapping; `*` in them
    stands for any text. `words` are the values a word field may take: the source's word → the words to show."""

    columns: tuple[Column, ...] = Field(min_length=1)
    formats: tuple[DateFormat, ...] = ()
    multiplier: Literal["units", "thousands", "millions", "billions"] = "units"
    rounding: Literal["none", "half_up"] = "none"
    missing: tuple[str, ...] | None = None
    exempt: tuple[str, ...] | None = None
    words: dict[str, Phrase] = {}
    explained_by: Column | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_column(cls, data: object) -> object:
        if isinstance(data, dict) and "column" in data and "columns" not in data:
            return {**{key: value for key, value in data.items() if key != "column"}, "columns": [data["column"]]}
        return data


class KeyColumn(_Part):
    """A column that identifies an initiative. `cut_check_digit` drops a final "-" and one character, for codes that one
    file writes with their check digit and the next without."""

    column: Column
    cut_check_digit: Literal["no", "yes"] = "no"


class AsAt(_Part):
    """The date the file describes: `given` by whoever imports, a `column` of each row, part of the `file_name` (a
    pattern in which `{date}` stands for the date), or `fixed`. A given date goes before a fixed one or a file name."""

    column: Column | None = None
    file_name: Column | None = None
    fixed: str | None = None
    formats: tuple[DateFormat, ...] = ("yyyy-mm-dd",)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.column, self.file_name, self.fixed)) > 1:
            raise ValueError("choose one of column, file_name and fixed")
        if self.file_name is not None and self.file_name.count("{date}") != 1:
            raise ValueError("file_name must hold {date} once")
        if self.fixed is not None and not isinstance(read_date(self.fixed, self.formats), date):
            raise ValueError(f"{self.fixed!r} is not a date in these formats")
        return self


class CurrencyFrom(_Part):
    """The currency stands in a column of each row."""

    column: Column


class Mapping(_Part):
    """One source's mapping. `source` begins every key and never changes; `recognise` are the columns (with `*`) by
    which a file is known; `keep: rest` keeps every column that no field uses, as text, and `none` drops them."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    source: str = Field(min_length=1, max_length=60)
    title: Phrase
    recognise: tuple[Column, ...] = Field(min_length=1)
    key: tuple[KeyColumn, ...] = Field(min_length=1)
    as_at: AsAt = AsAt()
    currency: Currency | CurrencyFrom
    numbers: Numbers = Numbers()
    missing: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    fields: dict[FieldName, FieldMapping] = Field(min_length=1)
    keep: Literal["none", "rest"] = "none"

    @field_validator("fields")
    @classmethod
    def _rules_suit_their_fields(cls, fields: dict[str, FieldMapping]) -> dict[str, FieldMapping]:
        for field, rule in fields.items():
            kind = FIELDS[field]
            if rule.formats and kind is not FieldKind.DATE:
                raise ValueError(f"{field} is not a date and takes no formats")
            if rule.words and kind is not FieldKind.WORD:
                raise ValueError(f"{field} does not take words")
        return fields

    def words(self, field: str, value: str) -> str:
        """The words to show for a value of a word field, in the reader's language; else the value itself."""
        rule = self.fields.get(field)
        for word, phrase in rule.words.items() if rule else ():
            if normal(word) == normal(value):
                return str(phrase)
        return value


def load_mapping(text: str, name: str) -> Mapping:
    """From YAML. Raises `ConfigurationError` with file, line and reason; every problem of the file, a line each."""
    marked = read_marked(text, name)
    try:
        return Mapping.model_validate(marked.data)
    except ValidationError as error:
        problems = [str(marked.error(item["loc"], item["msg"])) for item in error.errors()]
        raise ConfigurationError("\n".join(problems)) from error

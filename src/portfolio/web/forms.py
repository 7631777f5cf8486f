"""Forms, validated once: read the body into text, bind it to a model, keep what was typed, say what is wrong beside the field."""

import secrets
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from litestar import Request
from litestar.datastructures import UploadFile
from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import ErrorDetails

from portfolio.db.text import storable
from portfolio.i18n import gettext, ngettext
from portfolio.web.formatting import number, read_decimal
from portfolio.web.lengths import too_long

T = TypeVar("T", bound=BaseModel)

MAX_FIELDS = 5000
MAX_TEXT = 200_000


class BadBody(Exception):
    """A body that cannot be read at all: too many fields, or characters that no text holds."""


class StaleToken(Exception):
    """A form whose token is not this session's: an old page, or a forged one. Carries what was typed."""

    def __init__(self, submitted: "Submitted") -> None:
        super().__init__("stale token")
        self.submitted = submitted


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a form sent: every field as a list of texts, uploads apart."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Sequence[UploadFile]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        found = self.values.get(name, ())
        return found[0].strip() if found else ""

    def texts(self, name: str) -> list[str]:
        return [value for value in self.values.get(name, ()) if value.strip()]

    def has(self, name: str) -> bool:
        return name in self.values


TOKEN_FIELD = "csrf_token"  # noqa: S105  the name of a field


async def provide_submitted(request: Request[Any, Any, Any]) -> Submitted:
    """What a form sent; for a signed-in person only with the token of their own session (security.md F4).

    Anonymous forms (sign-in, language, a code to verify) rest on the origin checks of `web.shield`.
    """
    if request.method in ("GET", "HEAD", "OPTIONS") or request.scope["path"].startswith("/api/"):
        return Submitted()
    submitted = await read_form(request)
    if request.scope.get("user") is not None:
        token = getattr(request.scope.get("auth"), "csrf_token", "")
        if not secrets.compare_digest(submitted.text(TOKEN_FIELD).encode(), token.encode()):
            raise StaleToken(submitted)
    return submitted


async def read_form(request: Request[Any, Any, Any]) -> Submitted:
    """The body as texts and uploads. Raises `BadBody` for what no column could hold."""
    form = await request.form()
    values: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for count, (name, value) in enumerate(form.multi_items()):
        if count >= MAX_FIELDS:
            raise BadBody(gettext("The form has too many fields."))
        if isinstance(value, UploadFile):
            if value.filename:
                files.setdefault(name, []).append(value)
            continue
        text = storable(str(value))
        if text is None or storable(name) is None or len(text) > MAX_TEXT:
            raise BadBody(gettext("The form holds characters that cannot be stored, or a text that is too long."))
        values.setdefault(name, []).append(text)
    return Submitted(values, files)


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """A form as shown: what was typed, what is wrong, and the validated value when nothing is."""

    raw: Mapping[str, Any]
    errors: Mapping[str, str] = field(default_factory=dict)
    value: T | None = None

    @property
    def summary(self) -> list[tuple[str, str]]:
        return list(self.errors.items())

    def with_error(self, name: str, message: str) -> "Form[T]":
        return Form(self.raw, {**self.errors, name: message}, None)


def blank(model: type[T], **initial: Any) -> Form[T]:
    """An empty form, or one prefilled with texts."""
    return Form(dict.fromkeys(model.model_fields, "") | initial)


def filled(model: type[T], source: Any) -> Form[T]:
    """A form showing a stored row's values as texts."""
    return Form({name: shown(getattr(source, name)) for name in model.model_fields})


def shown(value: Any) -> Any:
    """A stored value as its field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple, set, frozenset)):
        return [shown(item) for item in value]
    return str(getattr(value, "value", value))


def bind(model: type[T], submitted: Submitted) -> Form[T]:
    """Validate; blank text is nothing, a field that the model says is a list gets all its values."""
    raw: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if _is_list(info.annotation):
            raw[name] = submitted.texts(name)
            data[name] = raw[name]
            continue
        raw[name] = submitted.values.get(name, [""])[0]
        if raw[name].strip():
            data[name] = raw[name].strip()
    try:
        return Form(raw, {}, model.model_validate(data))
    except ValidationError as failed:
        errors: dict[str, str] = {}
        for problem in failed.errors():
            errors.setdefault(str(problem["loc"][0]) if problem["loc"] else "", message(problem))
        return Form(raw, errors, None)


def _is_list(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return any(_is_list(part) for part in typing.get_args(annotation))
    return origin in (list, tuple, set, frozenset)


def message(problem: ErrorDetails) -> str:
    """Pydantic's error type → our sentence. A test feeds every form its worst input and fails on an unknown type."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "string_too_long":
        return too_long(context["max_length"], len(problem["input"]))
    if kind == "string_too_short":
        limit = context["min_length"]
        return ngettext("Enter %(n)s character or more", "Enter %(n)s characters or more", limit) % {"n": number(limit)}
    bounds = {"less_than_equal": "le", "greater_than_equal": "ge", "less_than": "lt", "greater_than": "gt"}
    if kind in bounds:
        return _bound(kind, context[bounds[kind]])
    if kind == "value_error" and "error" in context:
        return str(context["error"])
    return _plain_message(kind)


def _bound(kind: str, limit: Any) -> str:
    sentence = {
        "less_than_equal": gettext("Enter %(n)s or less"),
        "greater_than_equal": gettext("Enter %(n)s or more"),
        "less_than": gettext("Enter less than %(n)s"),
        "greater_than": gettext("Enter more than %(n)s"),
    }[kind]
    return sentence % {"n": number(limit) if isinstance(limit, (int, float, Decimal)) else limit}


def _plain_message(kind: str) -> str:
    sentences = {
        "missing": gettext("Fill in this field"),
        "int_parsing": gettext("Enter a whole number"),
        "int_from_float": gettext("Enter a whole number"),
        "decimal_parsing": gettext("Enter a number"),
        "decimal_max_digits": gettext("Enter a number with fewer digits"),
        "decimal_whole_digits": gettext("Enter a number with fewer digits"),
        "decimal_max_places": gettext("Enter fewer decimals"),
        "enum": gettext("Choose one of the options"),
        "literal_error": gettext("Choose one of the options"),
        "bool_parsing": gettext("Choose yes or no"),
        "uuid_parsing": gettext("Choose one of the options"),
        "string_pattern_mismatch": gettext("Enter it in the format shown"),
        "too_long": gettext("Choose fewer"),
        "too_short": gettext("Choose at least one"),
    }
    if kind.startswith(("date_", "datetime_")):
        return gettext("Enter a real date")
    return sentences.get(kind, gettext("This value is not accepted"))


def _number(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return read_decimal(value)
        except ValueError:
            raise ValueError(
                gettext("Enter a number, for example %(example)s") % {"example": number(Decimal("1234.5"))}
            ) from None
    return value


TypedDecimal = Annotated[Decimal, BeforeValidator(_number)]
"""A number field as people type it in their own language."""

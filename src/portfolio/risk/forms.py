"""What people type about risks. Amounts in major units of the project's currency; steps are those of the country's matrix."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.risk.catalogue import catalogue
from portfolio.risk.models import Risk
from portfolio.risk.register import Description, Point
from portfolio.risk.terms import ActionState, EvidenceKind, Proximity, Response, RiskCategory, Severity, Stance
from portfolio.web.formatting import typed_amount
from portfolio.web.forms import TypedDecimal

Short = Annotated[str, StringConstraints(max_length=120)]
Named = Annotated[str, StringConstraints(max_length=160)]
Sentence = Annotated[str, StringConstraints(max_length=600)]
Told = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Long = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Step = Annotated[int, Field(ge=1, le=6)]
Amount = Annotated[TypedDecimal, Field(ge=0, max_digits=18)]
Days = Annotated[int, Field(ge=0, le=3650)]


class RiskFields(BaseModel):
    """A risk in words, and what it would cost; ratings are apart."""

    model_config = ConfigDict(extra="forbid")

    event: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    cause: Sentence = ""
    effect: Sentence = ""
    category: RiskCategory
    catalogue: Short = ""
    proximity: Proximity
    response: Response
    owner_id: uuid.UUID | None = None
    owner: Short = ""
    supplier: Named = ""
    component: Named = ""
    early_sign: Annotated[str, StringConstraints(max_length=400)] = ""
    contingent: Amount | None = None
    contingent_basis: Sentence = ""
    chance: Annotated[int, Field(ge=1, le=99)] | None = None
    cost_low: Amount | None = None
    cost_likely: Amount | None = None
    cost_high: Annotated[Amount | None, Field(validate_default=True)] = None
    days_low: Days | None = None
    days_likely: Days | None = None
    days_high: Annotated[Days | None, Field(validate_default=True)] = None

    @field_validator("catalogue")
    @classmethod
    def is_in_the_catalogue(cls, value: str) -> str:
        if value and value not in catalogue():
            raise ValueError(_("Choose one of the options"))
        return value

    @field_validator("cost_high", "days_high")
    @classmethod
    def three_points_rise(cls, value: Decimal | None, info: ValidationInfo) -> Decimal | None:
        stem = str(info.field_name).removesuffix("_high")
        low, likely = info.data.get(f"{stem}_low"), info.data.get(f"{stem}_likely")
        given = [point for point in (low, likely, value) if point is not None]
        if given and len(given) < 3:
            raise ValueError(_("Give the three points, or none of them."))
        if given != sorted(given):
            raise ValueError(_("The three points must rise: least, most likely, most."))
        return value

    def said(self, currency: str) -> Description:
        """As the register keeps it. Raises `ValueError` for more decimals than the currency has."""

        def minor(amount: Decimal | None) -> int | None:
            return None if amount is None else Money.of(amount, currency).minor

        return Description(
            event=self.event,
            cause=self.cause,
            effect=self.effect,
            category=self.category,
            catalogue=self.catalogue,
            proximity=self.proximity,
            response=self.response,
            owner_id=self.owner_id,
            owner=self.owner,
            supplier=self.supplier,
            component=self.component,
            early_sign=self.early_sign,
            contingent_minor=minor(self.contingent),
            contingent_basis=self.contingent_basis,
            chance=self.chance,
            cost_low_minor=minor(self.cost_low),
            cost_likely_minor=minor(self.cost_likely),
            cost_high_minor=minor(self.cost_high),
            days_low=self.days_low,
            days_likely=self.days_likely,
            days_high=self.days_high,
        )

    @classmethod
    def typed(cls, risk: Risk) -> dict[str, str]:
        """A stored risk as its form shows it."""
        found = {}
        for name in cls.model_fields:
            value = getattr(risk, f"{name}_minor", None) if name in _AMOUNTS else getattr(risk, name)
            if name in _AMOUNTS:
                value = typed_amount(None if value is None else Money(risk.currency, value))
            found[name] = "" if value is None else str(getattr(value, "value", value))
        return found


_AMOUNTS = frozenset({"contingent", "cost_low", "cost_likely", "cost_high"})


class RaiseFields(RiskFields):
    """A new risk: words and first ratings; the target may come later, but then both its figures."""

    inherent_likelihood: Step
    inherent_impact: Step
    residual_likelihood: Step
    residual_impact: Step
    target_likelihood: Step | None = None
    target_impact: Annotated[Step | None, Field(validate_default=True)] = None

    @field_validator("target_impact")
    @classmethod
    def target_is_whole(cls, value: int | None, info: ValidationInfo) -> int | None:
        if (value is None) != (info.data.get("target_likelihood") is None):
            raise ValueError(_("Give likelihood and impact, or neither."))
        return value

    def points(self) -> dict[Stance, Point]:
        found = {
            Stance.INHERENT: Point(self.inherent_likelihood, self.inherent_impact),
            Stance.RESIDUAL: Point(self.residual_likelihood, self.residual_impact),
        }
        if self.target_likelihood is not None and self.target_impact is not None:
            found[Stance.TARGET] = Point(self.target_likelihood, self.target_impact)
        return found


class AssessFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stance: Stance
    likelihood: Step
    impact: Step
    reason: Told
    confirmed: bool = False

    def point(self) -> Point:
        return Point(self.likelihood, self.impact)


class ActionFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    action_owner: Short = ""
    cost: Amount | None = None
    due_on: date


class ActionStateFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    action_state: ActionState


class EvidenceFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: EvidenceKind
    reference: Annotated[str, StringConstraints(max_length=200)] = ""
    evidence: Told


class ProposeFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    acceptance_reason: Long
    expires_on: date


class DecideFields(BaseModel):
    """`digest` is that of what was shown; the password proves who decides."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["accept", "refuse"]
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    digest: str = ""
    password: Annotated[str, StringConstraints(min_length=1, max_length=400)]


class AnswerFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    act: Literal["keep", "pass_on"]
    answer: Long


class MoveFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    move: Literal["close", "reopen"]
    move_reason: Told


class IssueFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    description: Told
    severity: Severity
    issue_owner: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    issue_due_on: date


class ResolveFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    resolution: Told

"""Every structured table of a case, declared once. Choices come from the country pack or from the enums of this room."""

from portfolio.business_cases.lines import choices
from portfolio.business_cases.lines.columns import Column, Kind, Layout, LineSpec
from portfolio.business_cases.lines.specs_money import COSTS, FUNDING, LOTS, OPERATION, PARTICIPANTS
from portfolio.business_cases.models import (
    BenefitLine,
    IndicatorLine,
    MilestoneLine,
    OptionLine,
    RiskLine,
    SharedSolutionLine,
    TeamLine,
)
from portfolio.business_cases.terms import (
    Direction,
    IndicatorFamily,
    OptionKind,
    Reuse,
    RiskCategory,
    SharedSolution,
    Treatment,
)
from portfolio.errors import NotFound
from portfolio.i18n import N_
from portfolio.packs.terms import SectionCode

OPTIONS = LineSpec(
    name="options",
    section=SectionCode.OPTIONS,
    model=OptionLine,
    layout=Layout.CARDS,
    title=N_("Options"),
    noun=N_("Option"),
    help=N_("Doing nothing is always one of them: it is what the others are measured against."),
    columns=(
        Column("title", N_("Title"), needed=True, wide=True),
        Column("kind", N_("Kind"), Kind.CHOICE, options=choices.of_enum(OptionKind), needed=True),
        Column("whole_life_minor", N_("Whole-life cost"), Kind.MONEY, summed=False),
        Column("months", N_("Months until it serves people"), Kind.NUMBER, least=0, most=240),
        Column("is_preferred", N_("Preferred"), Kind.YES_NO, default=choices.NO),
        Column("summary", N_("What it consists of"), Kind.LONG),
        Column("benefits", N_("Benefits"), Kind.LONG),
        Column("risks", N_("Risks"), Kind.LONG),
        Column("reason", N_("Why preferred, or why rejected"), Kind.LONG, needed=True),
    ),
)

BENEFITS = LineSpec(
    name="benefits",
    section=SectionCode.VALUE,
    model=BenefitLine,
    layout=Layout.CARDS,
    title=N_("Benefits"),
    noun=N_("Benefit"),
    columns=(
        Column("dimension", N_("Dimension"), Kind.CHOICE, options=choices.benefit_dimensions, needed=True),
        Column("beneficiaries", N_("Who gains"), needed=True, wide=True),
        Column("amount_minor", N_("Value per year, if it can be valued"), Kind.MONEY),
        Column("starts_on", N_("From"), Kind.DATE),
        Column("description", N_("Benefit"), Kind.LONG, needed=True),
        Column(
            "evidence", N_("Evidence"), Kind.LONG, hint=N_("Study, pilot or comparable case that supports the figure.")
        ),
    ),
)

INDICATORS = LineSpec(
    name="indicators",
    section=SectionCode.INDICATORS,
    model=IndicatorLine,
    layout=Layout.CARDS,
    title=N_("Indicators"),
    noun=N_("Indicator"),
    help=N_(
        "At least one operational and, where the case touches a service to people, one of inclusion: "
        "results for people, not how much technology was delivered."
    ),
    columns=(
        Column("name", N_("Name"), needed=True, wide=True),
        Column("family", N_("Family"), Kind.CHOICE, options=choices.of_enum(IndicatorFamily), needed=True),
        Column("unit", N_("Unit of measurement"), hint=N_("Days, share of requests, people …")),
        Column("direction", N_("Direction"), Kind.CHOICE, options=choices.of_enum(Direction)),
        Column("baseline", N_("Baseline"), Kind.FIGURE, needed=True),
        Column("baseline_on", N_("Measured on"), Kind.DATE),
        Column("target", N_("Target"), Kind.FIGURE, needed=True),
        Column("target_on", N_("Reached by"), Kind.DATE, later_than="baseline_on"),
        Column("owner", N_("Owner"), needed=True, hint=N_("Post that answers for it.")),
        Column("method", N_("How it is measured"), Kind.LONG, hint=N_("Formula, source and frequency.")),
        Column(
            "not_applicable_reason",
            N_("If no indicator of this family applies, why"),
            Kind.LONG,
            hint=N_("Only for inclusion, where the case touches no service to people."),
        ),
    ),
)

RISKS = LineSpec(
    name="risks",
    section=SectionCode.RISKS,
    model=RiskLine,
    layout=Layout.CARDS,
    title=N_("Risks"),
    noun=N_("Risk"),
    help=N_("Because of a cause, an event may happen, with an effect."),
    columns=(
        Column("event", N_("Event"), Kind.LONG, needed=True),
        Column("cause", N_("Cause"), Kind.LONG),
        Column("effect", N_("Effect"), Kind.LONG),
        Column("category", N_("Category"), Kind.CHOICE, options=choices.of_enum(RiskCategory)),
        Column("likelihood", N_("Likelihood"), Kind.NUMBER, least=1, most=5, hint=N_("1 rare, 5 almost certain.")),
        Column("impact", N_("Impact"), Kind.NUMBER, least=1, most=5, hint=N_("1 minor, 5 severe.")),
        Column("treatment", N_("Treatment"), Kind.CHOICE, options=choices.of_enum(Treatment), needed=True),
        Column("owner", N_("Owner"), needed=True, hint=N_("Post that answers for it.")),
        Column("contingent_minor", N_("Contingent liability"), Kind.MONEY),
        Column("response", N_("Response"), Kind.LONG),
    ),
)

SHARED_SOLUTIONS = LineSpec(
    name="shared_solutions",
    section=SectionCode.SHARED_SOLUTIONS,
    model=SharedSolutionLine,
    title=N_("Shared solutions"),
    noun=N_("Shared solution"),
    help=N_("For each one: is it reused? Where it is not, say why."),
    fixed=("solution", tuple(member.value for member in SharedSolution)),
    columns=(
        Column("solution", N_("Shared solution"), Kind.CHOICE, options=choices.of_enum(SharedSolution), wide=True),
        Column("use", N_("What the case does"), Kind.CHOICE, options=choices.of_enum(Reuse), needed=True),
        Column("reason", N_("Reason"), Kind.LONG, wide=True),
    ),
)

TEAM = LineSpec(
    name="team",
    section=SectionCode.DELIVERY,
    model=TeamLine,
    title=N_("Team"),
    noun=N_("Team member"),
    columns=(
        Column("role", N_("Role"), needed=True),
        Column("profession", N_("Profession")),
        Column("name", N_("Name, if known")),
        Column("dedication", N_("Share of full time, in percent"), Kind.NUMBER, least=0, most=100),
        Column("is_internal", N_("Own staff"), Kind.YES_NO, default=choices.YES),
    ),
)

MILESTONES = LineSpec(
    name="milestones",
    section=SectionCode.DELIVERY,
    model=MilestoneLine,
    title=N_("Milestones"),
    noun=N_("Milestone"),
    help=N_("In the order of their dates; the first result that people use should come within a year."),
    columns=(
        Column("title", N_("Milestone"), needed=True, wide=True),
        Column("due_on", N_("Date"), Kind.DATE, needed=True),
        Column("deliverable", N_("What is delivered"), wide=True),
    ),
)

SPECS: dict[str, LineSpec] = {
    spec.name: spec
    for spec in (
        OPTIONS,
        BENEFITS,
        COSTS,
        OPERATION,
        FUNDING,
        PARTICIPANTS,
        INDICATORS,
        SHARED_SOLUTIONS,
        RISKS,
        MILESTONES,
        TEAM,
        LOTS,
    )
}


def spec_named(name: str) -> LineSpec:
    """Raises `NotFound` for a table that no case has."""
    if name not in SPECS:
        raise NotFound
    return SPECS[name]

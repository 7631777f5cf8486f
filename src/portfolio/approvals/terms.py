"""Words of this room."""

from enum import Enum


class OpinionOutcome(Enum):
    """The directive body's technical opinion."""

    FAVOURABLE = "favourable"
    WITH_CONDITIONS = "with_conditions"
    UNFAVOURABLE = "unfavourable"
    RETURNED = "returned"


class ConditionState(Enum):
    OPEN = "open"
    MET = "met"
    OVERDUE = "overdue"
    WAIVED = "waived"


class BudgetOutcome(Enum):
    """What the budget office decides."""

    FUNDED = "funded"
    PARTLY = "partly"
    DEFERRED = "deferred"
    NOT_FUNDED = "not_funded"


class EntryKind(Enum):
    """Where an amount of the ledger comes from."""

    PROPOSED = "proposed"
    LAW = "law"
    MODIFICATION = "modification"


class ModificationKind(Enum):
    """Why a decided amount changes: what the legislature approved, a reallocation, more money, less money."""

    LAW = "law"
    MODIFICATION = "modification"
    SUPPLEMENT = "supplement"
    CUT = "cut"


class ActType(Enum):
    """What the administrative act behind a modification is."""

    LAW = "law"
    DECREE = "decree"
    RESOLUTION = "resolution"
    LETTER = "letter"


class Firmness(Enum):
    """This year's amount binds; later years are indicative."""

    FIRM = "firm"
    INDICATIVE = "indicative"


class CountersignState(Enum):
    """Where an act of two persons stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    STALE = "stale"  # what it was bound to changed before the second person came


class ReconsiderationState(Enum):
    ASKED = "asked"
    UPHELD = "upheld"  # the opinion stands
    REOPENED = "reopened"  # the case is looked at again


class ActKind(Enum):
    """Kinds of administrative act; the pack names them in the country's words."""

    OPINION = "opinion"
    DECISION = "decision"
    OVERRIDE = "override"
    WAIVER = "waiver"
    CODE = "code"
    MODIFICATION = "modification"


class DecisionChoice(Enum):
    """What a person picks on the sheet; whether funding is full or partial follows from the amount."""

    FUND = "fund"
    DEFER = "defer"
    NOT_FUND = "not_fund"


class GroundKind(Enum):
    """Where in the record a ground of an opinion lies."""

    VERDICT = "verdict"
    WAIVER = "waiver"
    REVIEW = "review"
    OBSERVATION = "observation"


class SheetState(Enum):
    """Where a row of the budget decision sheet stands."""

    NOT_READY = "not_ready"  # no opinion yet, and no right to do without
    TO_DECIDE = "to_decide"  # the opinion is there
    OVERDUE = "overdue"  # it is not, and its term has run out: may be decided without one
    AGAIN = "again"  # deferred once
    TYPED = "typed"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"

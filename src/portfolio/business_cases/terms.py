"""Words of this room."""

from enum import Enum


class CaseStatus(Enum):
    """Where a case stands (handbook W4); written only by `approvals`."""

    DRAFT = "draft"
    ALIGNING = "aligning"  # sign-offs have begun: the case is locked
    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"  # returned for completion or changes: named sections are open, the clock stands still
    IN_REVIEW = "in_review"
    CHECKING = "checking"  # reviews are closed; standards are checked and the opinion is written
    RECOMMENDED = "recommended"  # favourable
    CONDITIONED = "conditioned"  # favourable with conditions
    UNFAVOURABLE = "unfavourable"
    DECIDED = "decided"  # the budget decision is confirmed, and gave money
    NOT_FUNDED = "not_funded"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


SUBMITTED_STATES = frozenset(CaseStatus) - {CaseStatus.DRAFT, CaseStatus.ALIGNING}
"""From submission on: what the oversight bodies may see."""


class OptionKind(Enum):
    """Ways to meet the need; doing nothing is compulsory, as the line the others are measured against."""

    DO_NOTHING = "do_nothing"
    REUSE = "reuse"
    BUY = "buy"
    BUILD = "build"
    MIX = "mix"


class Recurrence(Enum):
    ONE_OFF = "one_off"
    RECURRENT = "recurrent"
    EXIT = "exit"


class FundingNature(Enum):
    """Where money comes from, as far as every country tells apart; the pack names its own sources."""

    ASKED = "asked"  # asked of the budget office in this case
    OWN = "own"  # already in the institution's budget
    EXTERNAL = "external"


class IndicatorFamily(Enum):
    """Handbook section 5: operational and inclusion together, outcomes before technology."""

    OPERATIONAL = "operational"
    EXPERIENCE = "experience"
    INCLUSION = "inclusion"
    GOVERNANCE = "governance"


class Direction(Enum):
    UP = "up"
    DOWN = "down"


class RiskCategory(Enum):
    STRATEGIC = "strategic"
    DELIVERY = "delivery"
    FINANCIAL = "financial"
    PROCUREMENT = "procurement"
    TECHNOLOGY = "technology"
    AI = "ai"
    USERS = "users"


class Treatment(Enum):
    AVOID = "avoid"
    REDUCE = "reduce"
    TRANSFER = "transfer"
    ACCEPT = "accept"


class Reuse(Enum):
    """What a case does with a shared solution."""

    REUSED = "reused"
    EXTENDED = "extended"
    NOT_REUSED = "not_reused"
    NOT_RELEVANT = "not_relevant"


class SharedSolution(Enum):
    """The eight shared solutions of ECLAC's guide (handbook 2.1, 1L block 13)."""

    INTEROPERABILITY = "interoperability"
    IDENTITY = "identity"
    SIGNATURE = "signature"
    PERSONAL_FILE = "personal_file"
    SINGLE_WINDOW = "single_window"
    DOMICILE = "domicile"
    PAYMENTS = "payments"
    CYBERSECURITY = "cybersecurity"

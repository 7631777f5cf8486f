"""The fixed vocabulary that packs fill with a country's content; codes never change, words come from the pack."""

from enum import StrEnum


class SectionCode(StrEnum):
    """The sections of the case form, in the order in which a case is read."""

    PROBLEM = "problem"
    REDESIGN = "redesign"
    STRATEGY = "strategy"
    REUSE = "reuse"
    OPTIONS = "options"
    VALUE = "value"
    COSTS = "costs"
    FUNDING = "funding"
    FEASIBILITY = "feasibility"
    INDICATORS = "indicators"
    INCLUSION = "inclusion"
    STANDARDS = "standards"
    SHARED_SOLUTIONS = "shared_solutions"
    DATA = "data"
    AI = "ai"
    RISKS = "risks"
    STAKEHOLDERS = "stakeholders"
    DELIVERY = "delivery"
    PROCUREMENT = "procurement"
    EXIT = "exit"
    ATTACHMENTS = "attachments"


class TrackCode(StrEnum):
    """The tracks that exist; a pack offers some of them and says when each applies and what it demands."""

    FULL = "full"
    CARRY_OVER = "carry_over"
    OPERATION = "operation"
    SELF_DECLARATION = "self_declaration"
    OPINION_ONLY = "opinion_only"
    EMERGENCY = "emergency"
    REGISTRATION = "registration"


class CaseKind(StrEnum):
    NEW = "new"
    CARRY_OVER = "carry_over"
    OPERATION = "operation"
    EMERGENCY = "emergency"
    PILOT = "pilot"


class SignOffRole(StrEnum):
    """Who answers for sections of a case and signs them off; the same words as the roles of people."""

    FINANCE_MANAGER = "finance_manager"
    DIGITAL_EXPERT = "digital_expert"
    AGENCY_CIO = "agency_cio"
    HEAD_OF_SERVICE = "head_of_service"


class Tier(StrEnum):
    STRATEGIC = "strategic"
    DIRECTIVE = "directive"
    OPERATIONAL = "operational"
    BUDGET = "budget"
    PROCUREMENT = "procurement"


class Power(StrEnum):
    """What a body may do; the first nine are acts on a case, for which every case needs a lawful decider."""

    ADMISSIBILITY = "admissibility"
    REVIEW_ASSIGNMENT = "review_assignment"
    STANDARDS_CHECK = "standards_check"
    WAIVER = "waiver"
    OPINION = "opinion"
    RECONSIDERATION = "reconsideration"
    BUDGET_DECISION = "budget_decision"
    OVERRIDE = "override"
    CODE_ISSUE = "code_issue"
    PRIORITISATION = "prioritisation"
    CALL = "call"
    STANDARDS_ISSUE = "standards_issue"
    CODE_VERIFICATION = "code_verification"


class Relation(StrEnum):
    """How the institution of a case stands to the institution of a body."""

    UNRELATED = "unrelated"
    SAME = "same"
    ABOVE = "above"
    BELOW = "below"
    SISTER_BODY = "sister_body"


class OpinionEffect(StrEnum):
    BINDING = "binding"
    ADVISORY = "advisory"


class QuestionType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"
    MONEY = "money"


class CaseFact(StrEnum):
    """What a case declares by answering yes to a question; the standards that apply are found from these."""

    PUBLIC_SERVICE = "public_service"
    PERSONAL_DATA = "personal_data"
    DATA_SHARING = "data_sharing"
    AI = "ai"
    PAYMENTS = "payments"
    SIGNATURE = "signature"
    IDENTITY = "identity"
    NOTIFICATION = "notification"
    PILOT = "pilot"
    CROSS_BORDER = "cross_border"
    HOSTING = "hosting"
    PROCUREMENT = "procurement"
    SOFTWARE_DEVELOPMENT = "software_development"
    PUBLISHES_DATA = "publishes_data"
    MULTI_SITE = "multi_site"
    REPLACES_PAPER = "replaces_paper"
    IN_PERSON_CHANNEL = "in_person_channel"
    STAFF_CHANGE = "staff_change"
    LEGAL_CHANGE = "legal_change"


class ExpenseNature(StrEnum):
    CAPITAL = "capital"
    CURRENT = "current"


class NamesShown(StrEnum):
    """When the agency learns who reviewed its case."""

    NEVER = "never"
    AFTER_OPINION = "after_opinion"
    ALWAYS = "always"


class DeadlineCode(StrEnum):
    ADMISSIBILITY = "admissibility"
    ANSWER = "answer"
    REVIEW = "review"
    OPINION = "opinion"
    DECISION = "decision"
    RECONSIDERATION = "reconsideration"


class StandardLevel(StrEnum):
    """How a country holds a standard; `country_decides`, of the library, means "not used" until a pack says."""

    MUST = "must"
    SHOULD = "should"
    COUNTRY_DECIDES = "country_decides"
    NOT_USED = "not_used"


class Theme(StrEnum):
    """The ten themes of digital strategies and standards."""

    GOVERNANCE = "governance"
    SERVICES = "services"
    PUBLIC_INNOVATION = "public_innovation"
    PRIVACY_AND_SECURITY = "privacy_and_security"
    INFRASTRUCTURE = "infrastructure"
    DATA = "data"
    INTEROPERABILITY = "interoperability"
    DIGITAL_IDENTITY = "digital_identity"
    OPEN_DATA = "open_data"
    TRAINING = "training"


class WordCode(StrEnum):
    """Things that countries call by different names; every pack has a word for each (most from a base file)."""

    BUSINESS_CASE = "business_case"
    CALL = "call"
    ENVELOPE = "envelope"
    TRACK = "track"
    SIGN_OFF = "sign_off"
    ADMISSIBILITY = "admissibility"
    PEER_REVIEW = "peer_review"
    OBSERVATION = "observation"
    STANDARDS_CHECK = "standards_check"
    WAIVER = "waiver"
    OPINION = "opinion"
    OPINION_FAVOURABLE = "opinion_favourable"
    OPINION_WITH_CONDITIONS = "opinion_with_conditions"
    OPINION_UNFAVOURABLE = "opinion_unfavourable"
    OPINION_RETURNED = "opinion_returned"
    WITHOUT_OPINION = "without_opinion"
    BINDING = "binding"
    ADVISORY = "advisory"
    OVERRIDE = "override"
    RECONSIDERATION = "reconsideration"
    BUDGET_DECISION = "budget_decision"
    FUNDED = "funded"
    PARTLY_FUNDED = "partly_funded"
    DEFERRED = "deferred"
    NOT_FUNDED = "not_funded"
    TRANCHE = "tranche"
    CONDITION = "condition"
    CODE = "code"
    CEILING = "ceiling"
    DRAW = "draw"
    LETTER = "letter"
    AGENCY_CIO = "agency_cio"
    HEAD_OF_SERVICE = "head_of_service"
    FINANCE_MANAGER = "finance_manager"
    DIGITAL_EXPERT = "digital_expert"
    CASE_LEAD = "case_lead"
    DIRECTIVE_ANALYST = "directive_analyst"
    DIRECTIVE_HEAD = "directive_head"
    SLA_ON_TIME = "sla_on_time"
    SLA_DUE_SOON = "sla_due_soon"
    SLA_OVERDUE = "sla_overdue"
    SLA_PAUSED = "sla_paused"


class SentenceCode(StrEnum):
    """Sentences with places to fill (`{amount}`) that explain the choice of a track, in all languages."""

    KIND_IS = "kind_is"
    ANY_AMOUNT = "any_amount"
    FROM_AMOUNT = "from_amount"
    BELOW_AMOUNT = "below_amount"
    BETWEEN_AMOUNTS = "between_amounts"
    WOULD_RISE = "would_rise"
    WOULD_FALL = "would_fall"
    OTHER_KIND = "other_kind"
    DRAWN_BY_LOT = "drawn_by_lot"


LABELLED: dict[str, type[StrEnum]] = {
    "tier": Tier,
    "power": Power,
    "relation": Relation,
    "expense_nature": ExpenseNature,
    "names_shown": NamesShown,
    "standard_level": StandardLevel,
    "opinion_effect": OpinionEffect,
    "deadline_code": DeadlineCode,
    "case_fact": CaseFact,
}
"""Vocabularies whose words a pack gives under `labels`; those of sections or tracks stand with their content."""

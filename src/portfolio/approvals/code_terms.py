"""The words of approval codes: states, kinds of draw, answers to a verifier, what can be wrong with a typed code."""

from enum import Enum

from portfolio.i18n import N_


class CodeState(Enum):
    """Where a code stands; everything but `ISSUED` and `SUSPENDED` is the end of it, save that a smaller order
    re-opens one.
    """

    ISSUED = "issued"
    SUSPENDED = "suspended"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class DrawKind(Enum):
    """What an entry of the ledger of draws does."""

    RESERVE = "reserve"
    COMMIT = "commit"
    RELEASE = "release"
    ADJUST = "adjust"


class VerifyStatus(Enum):
    """The answer to a verifier: one large word."""

    VALID = "valid"
    EXEMPT = "exempt"
    UNKNOWN = "unknown"
    BAD_CHECK = "bad_check"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXHAUSTED = "exhausted"
    OVER_CEILING = "over_ceiling"
    WRONG_BUYER = "wrong_buyer"
    WRONG_CATEGORY = "wrong_category"
    WRONG_YEAR = "wrong_year"
    WRONG_CURRENCY = "wrong_currency"
    NOT_YET = "not_yet"


class CodeProblem(Enum):
    """Why what was typed is no code; found without asking the database."""

    LENGTH = "length"
    LETTERS = "letters"
    CHECK = "check"
    VERSION = "version"


class StatementProblem(Enum):
    """Why a statement proves nothing."""

    UNREADABLE = "unreadable"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"


CODE_STATE_LABELS: dict[CodeState, str] = {
    CodeState.ISSUED: N_("Issued"),
    CodeState.SUSPENDED: N_("Suspended"),
    CodeState.EXHAUSTED: N_("Used up"),
    CodeState.EXPIRED: N_("Expired"),
    CodeState.REVOKED: N_("Revoked"),
    CodeState.SUPERSEDED: N_("Replaced by another code"),
}

DRAW_KIND_LABELS: dict[DrawKind, str] = {
    DrawKind.RESERVE: N_("Reserve"),
    DrawKind.COMMIT: N_("Commitment"),
    DrawKind.RELEASE: N_("Release"),
    DrawKind.ADJUST: N_("Correction"),
}

VERIFY_STATUS_LABELS: dict[VerifyStatus, str] = {
    VerifyStatus.VALID: N_("Valid"),
    VerifyStatus.EXEMPT: N_("Needs no code"),
    VerifyStatus.UNKNOWN: N_("No such code"),
    VerifyStatus.BAD_CHECK: N_("Mistyped code"),
    VerifyStatus.EXPIRED: N_("Expired"),
    VerifyStatus.SUSPENDED: N_("Suspended"),
    VerifyStatus.REVOKED: N_("Revoked"),
    VerifyStatus.SUPERSEDED: N_("Replaced by another code"),
    VerifyStatus.EXHAUSTED: N_("Used up"),
    VerifyStatus.OVER_CEILING: N_("Over the ceiling"),
    VerifyStatus.WRONG_BUYER: N_("Another buyer's code"),
    VerifyStatus.WRONG_CATEGORY: N_("Another purpose"),
    VerifyStatus.WRONG_YEAR: N_("Another fiscal year"),
    VerifyStatus.WRONG_CURRENCY: N_("Another currency"),
    VerifyStatus.NOT_YET: N_("Not valid yet"),
}

VERIFY_ADVICE: dict[VerifyStatus, str] = {
    VerifyStatus.VALID: N_("The purchase may go on, up to the amount left."),
    VerifyStatus.EXEMPT: N_("The rules in force ask no approval code for this purchase; keep the reason in the file."),
    VerifyStatus.UNKNOWN: N_("Ask the buyer for the letter that carries the code, and compare it letter by letter."),
    VerifyStatus.BAD_CHECK: N_("One or more letters are wrong. Type the code again from the letter."),
    VerifyStatus.EXPIRED: N_("Do not order. The buyer asks the directive body for a new code."),
    VerifyStatus.SUSPENDED: N_("Make no new reserve. Orders on an amount already reserved may go on."),
    VerifyStatus.REVOKED: N_("Do not order. The approval was withdrawn; ask the directive body."),
    VerifyStatus.SUPERSEDED: N_("Do not order on this one. Ask the buyer for the code that replaced it."),
    VerifyStatus.EXHAUSTED: N_("Do not order. The whole ceiling is committed."),
    VerifyStatus.OVER_CEILING: N_("Do not order this amount: it is more than what is left, tax included."),
    VerifyStatus.WRONG_BUYER: N_("Do not order. The code belongs to another institution or unit."),
    VerifyStatus.WRONG_CATEGORY: N_("Do not order. The code was issued to buy something else."),
    VerifyStatus.WRONG_YEAR: N_("Do not order. The code covers other fiscal years."),
    VerifyStatus.WRONG_CURRENCY: N_("Ask again with the amount in the currency of the ceiling."),
    VerifyStatus.NOT_YET: N_("Wait for the first day of validity before ordering."),
}

CODE_PROBLEM_LABELS: dict[CodeProblem, str] = {
    CodeProblem.LENGTH: N_("A code has 20 letters and digits"),
    CodeProblem.LETTERS: N_("A code has only digits and letters, without U, accents or other signs"),
    CodeProblem.CHECK: N_("One or more letters are wrong: compare with the letter that carries the code"),
    CodeProblem.VERSION: N_("This code is of a kind that this system does not know"),
}

STATEMENT_PROBLEM_LABELS: dict[StatementProblem, str] = {
    StatementProblem.UNREADABLE: N_("This is not the statement of an approval code, or it is damaged"),
    StatementProblem.UNKNOWN_KEY: N_("The statement is signed with a key that is not in the list of keys"),
    StatementProblem.BAD_SIGNATURE: N_("The signature does not match: the statement was altered or is forged"),
}

"""What the trail can say happened. Tags are past tense and never renamed: events outlive the code that wrote them."""

from enum import Enum


class Chain(Enum):
    """Separate chains, so that a flood of low-value events cannot bury a decision (security.md, T14)."""

    DECISION = "decision"
    DATA = "data"
    SECURITY = "security"
    READ = "read"


class Tag(Enum):
    """One act. The chain it belongs to follows from `CHAIN_OF`."""

    # identity and people
    SIGNED_IN = "session.opened"
    SIGN_IN_FAILED = "session.refused"
    SIGNED_OUT = "session.ended"
    SESSIONS_ENDED = "session.all_ended"
    PASSWORD_CHANGED = "password.changed"
    PASSWORD_RESET_ASKED = "password.reset_asked"
    FACTOR_ENROLLED = "factor.enrolled"
    FACTOR_RESET_ASKED = "factor.reset_asked"
    FACTOR_RESET = "factor.reset"
    FACTOR_RESET_REFUSED = "factor.reset_refused"
    RECOVERY_CODES_MADE = "factor.codes_made"
    RECOVERY_CODE_USED = "factor.code_used"
    PROFILE_CHANGED = "person.profile_changed"
    PERSON_INVITED = "person.invited"
    ACCOUNT_ACTIVATED = "account.activated"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ROLE_PROPOSED = "role.proposed"
    ROLE_GRANTED = "role.granted"
    ROLE_REFUSED = "role.refused"
    ROLE_ENDED = "role.ended"
    INSTITUTION_ADDED = "institution.added"
    INSTITUTION_CHANGED = "institution.changed"
    UNIT_ADDED = "unit.added"
    UNIT_CHANGED = "unit.changed"
    DEMONSTRATION_LOADED = "demonstration.loaded"
    ACT_PROVED = "act.proved"
    ACT_REFUSED = "act.refused"
    CLOCK_MOVED = "clock.moved"
    JOB_RUN_BY_HAND = "job.run_by_hand"
    API_KEY_MADE = "api_key.made"
    API_KEY_REVOKED = "api_key.revoked"
    JOB_PAUSED = "job.paused"
    JOB_RESUMED = "job.resumed"
    TRAIL_EXPORTED = "trail.exported"
    # strategy
    CALL_OPENED = "call.opened"
    CALL_CHANGED = "call.changed"
    CALL_EXTENDED = "call.extended"
    CALL_CLOSED = "call.closed"
    ENVELOPE_SET = "envelope.set"
    LATE_SUBMISSION_WAIVED = "call.late_waived"
    # the case
    CASE_STARTED = "case.started"
    CASE_EDITED = "case.edited"
    FILE_ATTACHED = "file.attached"
    FILE_REMOVED = "file.removed"
    CASE_SIGNED_OFF = "case.signed_off"
    SIGN_OFF_LAPSED = "case.sign_off_lapsed"
    CASE_REOPENED = "case.reopened"
    SIGN_OFFS_ASKED = "case.sign_offs_asked"
    CASE_HANDED_OVER = "case.handed_over"
    CASE_TEAM_CHANGED = "case.team_changed"
    CASE_SUBMITTED = "case.submitted"
    CASE_MOVED = "case.moved"
    # review
    OBSERVATION_MADE = "observation.made"
    OBSERVATION_ANSWERED = "observation.answered"
    OBSERVATION_RESOLVED = "observation.resolved"
    REVIEWER_ASSIGNED = "reviewer.assigned"
    REVIEW_DECLINED = "review.declined"
    REVIEWER_REPLACED = "reviewer.replaced"
    CONFLICT_DECLARED = "conflict.declared"
    NO_CONFLICT_DECLARED = "conflict.none_declared"
    REVIEW_FILED = "review.filed"
    REVIEWS_CLOSED = "review.closed"
    # standards
    CHECK_DECLARED = "check.declared"
    CHECK_VERDICT_GIVEN = "check.verdict_given"
    WAIVER_PROPOSED = "waiver.proposed"
    WAIVER_DECIDED = "waiver.decided"
    # opinion and decision
    OPINION_DRAFTED = "opinion.drafted"
    OPINION_SIGNED = "opinion.signed"
    LETTER_ISSUED = "letter.issued"
    RECONSIDERATION_ASKED = "reconsideration.asked"
    RECONSIDERATION_DECIDED = "reconsideration.decided"
    DECISION_PROPOSED = "decision.proposed"
    DECISION_CONFIRMED = "decision.confirmed"
    DECISION_REJECTED = "decision.rejected"
    MODIFICATION_PROPOSED = "decision.modification_proposed"
    DECISION_MODIFIED = "decision.modified"
    MODIFICATION_REJECTED = "decision.modification_rejected"
    OPINION_OVERRIDDEN = "opinion.overridden"
    CONDITION_EVIDENCED = "condition.evidenced"
    CONDITION_SETTLED = "condition.settled"
    CONDITION_OVERDUE = "condition.overdue"
    # code
    CODE_PROPOSED = "code.proposed"
    CODE_ISSUED = "code.issued"
    CODE_SUSPENDED = "code.suspended"
    CODE_RESUMED = "code.resumed"
    CODE_REVOKED = "code.revoked"
    CODE_DRAWN = "code.drawn"
    CODE_REFUSED = "code.refused"
    CODE_SUPERSEDED = "code.superseded"
    CODE_CHANGE_PROPOSED = "code.change_proposed"
    CODE_CHANGE_REFUSED = "code.change_refused"
    # portfolio
    PROJECT_CREATED = "project.created"
    MILESTONES_ADOPTED = "project.milestones_adopted"
    MILESTONE_ADDED = "project.milestone_added"
    MILESTONE_CHANGED = "project.milestone_changed"
    DEPENDENCY_ADDED = "project.dependency_added"
    DEPENDENCY_REMOVED = "project.dependency_removed"
    PLAN_PROPOSED = "project.plan_proposed"
    PLAN_APPROVED = "project.plan_approved"
    PLAN_REFUSED = "project.plan_refused"
    PLAN_TAKEN_BACK = "project.plan_taken_back"
    CHANGE_ASKED = "project.change_asked"
    CHANGE_DECIDED = "project.change_decided"
    SCHEDULE_PREPARED = "project.schedule_prepared"
    SCHEDULE_IMPORTED = "project.schedule_imported"
    GATE_PROPOSED = "gate.proposed"
    GATE_DECIDED = "gate.decided"
    GATE_EVIDENCED = "gate.evidenced"
    PROJECT_MOVED = "project.moved"
    PROJECT_STANDING_SET = "project.standing_set"
    PROJECT_SUSPENDED = "project.suspended"
    RESUMPTION_ASKED = "project.resumption_asked"
    RESUMPTION_REFUSED = "project.resumption_refused"
    PROJECT_RESUMED = "project.resumed"
    PILOT_TERMS_SET = "project.pilot_terms_set"
    HAND_OVER_TERMS_SET = "project.hand_over_terms_set"
    DEPENDENCY_CHANGED = "project.dependency_changed"
    PROMISES_CARRIED_OVER = "project.promises_carried_over"
    INDICATOR_ADDED = "indicator.added"
    INDICATOR_CHANGED = "indicator.changed"
    INDICATOR_TARGETS_SET = "indicator.targets_set"
    INDICATOR_STOPPED = "indicator.stopped"
    MEASUREMENTS_RECORDED = "indicator.measured"
    MEASUREMENT_CORRECTED = "indicator.corrected"
    MEASUREMENTS_PREPARED = "indicator.file_prepared"
    SURVEY_WAVE_RECORDED = "survey.wave_recorded"
    SURVEY_ADOPTED = "survey.adopted"
    # risks
    RISK_RAISED = "risk.raised"
    RISK_EDITED = "risk.edited"
    RISK_ASSESSED = "risk.assessed"
    RISK_EVIDENCED = "risk.evidenced"
    RISK_ACTION_SET = "risk.action_set"
    RISK_ESCALATED = "risk.escalated"
    RISK_ESCALATION_ANSWERED = "risk.escalation_answered"
    RISK_ESCALATION_LIFTED = "risk.escalation_lifted"
    RISK_ESCALATION_OVERDUE = "risk.escalation_overdue"
    RISK_ACCEPTANCE_PROPOSED = "risk.acceptance_proposed"
    RISK_ACCEPTED = "risk.accepted"
    RISK_ACCEPTANCE_REFUSED = "risk.acceptance_refused"
    RISK_ACCEPTANCE_EXPIRED = "risk.acceptance_expired"
    RISK_MOVED = "risk.moved"
    RISK_OCCURRED = "risk.occurred"
    RISKS_ADOPTED = "risk.adopted"
    ISSUE_RAISED = "issue.raised"
    ISSUE_RESOLVED = "issue.resolved"
    # ratings
    RATING_COMPUTED = "rating.computed"
    RATING_COMMENTED = "rating.commented"
    RATING_ASKED_FOR = "rating.asked_for"
    RATING_FILED = "rating.filed"
    RATING_DECLINED = "rating.declined"
    # returns and findings
    RETURN_OPENED = "return.opened"
    RETURN_SAVED = "return.saved"
    RETURN_FILLED = "return.filled"
    RETURN_SIGNED = "return.signed"
    RETURN_SENT_BACK = "return.sent_back"
    RETURN_VERIFIED = "return.verified"
    RETURN_PUBLISHED = "return.published"
    RETURN_CORRECTED = "return.corrected"
    FINDING_OPENED = "finding.opened"
    FINDING_ANSWERED = "finding.answered"
    FINDING_JUDGED = "finding.judged"
    # closing, lessons and what lives on
    LESSON_RECORDED = "lesson.recorded"
    LESSON_CHANGED = "lesson.changed"
    LESSON_ANSWERED = "lesson.answered"
    ORIGIN_NAMED = "project.origin_named"
    CLOSING_ITEM_SAID = "closing.item_said"
    CLOSING_EXCEPTED = "closing.excepted"
    EVALUATION_SAVED = "evaluation.saved"
    EVALUATION_HANDED_IN = "evaluation.handed_in"
    EVALUATION_REVIEWED = "evaluation.reviewed"
    SERVICE_REGISTERED = "service.registered"
    SERVICE_REVIEWED = "service.reviewed"
    SERVICE_REVIEW_JUDGED = "service.review_judged"
    EXTERNAL_REVIEW_ORDERED = "external_review.ordered"
    EXTERNAL_REVIEW_MOVED = "external_review.moved"
    # execution of money
    EXECUTION_PREPARED = "execution.prepared"
    EXECUTION_RECORDED = "execution.recorded"
    EXECUTION_DISCARDED = "execution.discarded"
    EXECUTION_TYPED = "execution.typed"
    EXECUTION_SETTLED = "execution.settled"
    CONTRACT_ADDED = "contract.added"
    CONTRACT_AMENDED = "contract.amended"
    CONTRACT_ENDED = "contract.ended"
    INVOICE_ADDED = "contract.invoice_added"
    INVOICE_PAID = "contract.invoice_paid"
    INVOICE_REJECTED = "contract.invoice_rejected"
    DRAWS_SETTLED = "contract.draws_settled"
    # files in and out
    IMPORT_PREPARED = "import.prepared"
    IMPORT_CONFIRMED = "import.confirmed"
    IMPORT_FAILED = "import.failed"
    IMPORT_DISCARDED = "import.discarded"
    PROJECTS_IMPORTED = "projects.imported"
    PORTFOLIO_EXPORTED = "portfolio.exported"


_SECURITY = {
    tag
    for tag in Tag
    if tag.value.split(".")[0]
    in {"session", "password", "factor", "person", "account", "role", "act", "clock", "job", "api_key"}
}
_DATA = {
    Tag.EXECUTION_PREPARED,
    Tag.EXECUTION_RECORDED,
    Tag.EXECUTION_DISCARDED,
    Tag.EXECUTION_TYPED,
    Tag.IMPORT_PREPARED,
    Tag.IMPORT_CONFIRMED,
    Tag.IMPORT_FAILED,
    Tag.IMPORT_DISCARDED,
    Tag.PROJECTS_IMPORTED,
    Tag.CASE_EDITED,
    Tag.FILE_ATTACHED,
    Tag.FILE_REMOVED,
    Tag.CHECK_DECLARED,
    Tag.MILESTONES_ADOPTED,
    Tag.MILESTONE_ADDED,
    Tag.MILESTONE_CHANGED,
    Tag.DEPENDENCY_ADDED,
    Tag.DEPENDENCY_REMOVED,
    Tag.SCHEDULE_PREPARED,
    Tag.SCHEDULE_IMPORTED,
    Tag.MEASUREMENTS_RECORDED,
    Tag.MEASUREMENTS_PREPARED,
}

CHAIN_OF: dict[Tag, Chain] = {
    tag: Chain.SECURITY
    if tag in _SECURITY
    else Chain.DATA
    if tag in _DATA
    else Chain.READ
    if tag in (Tag.PORTFOLIO_EXPORTED, Tag.TRAIL_EXPORTED)
    else Chain.DECISION
    for tag in Tag
}

"""The words of every kind of notice: subject and body, English source with %(name)s placeholders.

A room that owes a notice adds its kind here. Placeholders are the params of `owe`; amounts, days, instants and enum
members go in as such and come out in the reader's own format and language.
"""

from portfolio.i18n import N_
from portfolio.notifications.words_closing import CLOSING
from portfolio.notifications.words_life import LIFE
from portfolio.notifications.words_ratings import RATINGS
from portfolio.notifications.words_returns import RETURNS

KINDS: dict[str, tuple[str, str]] = {
    "trail_broken": (
        N_("The audit trail does not verify"),
        N_(
            "The verification of %(at)s found: %(finding)s. Keep the database and the checkpoint file as they are, and "
            "run portfolio audit verify on a copy."
        ),
    ),
    "job_given_up": (
        N_("A job of the clock was given up: %(job)s"),
        N_("The run of %(slot)s failed too often and is not tried again by itself. It said: %(said)s"),
    ),
    "invitation": (
        N_("You are invited to the digital portfolio"),
        N_("%(institution)s invites you. Choose your password with the link below; it works once, until %(until)s."),
    ),
    "password_reset": (
        N_("Choose a new password"),
        N_(
            "Somebody asked for a new password for your account. The link below works once, until %(until)s. If it was "
            "not you, do nothing: your password stays as it is."
        ),
    ),
    "password_changed": (
        N_("Your password was changed"),
        N_("If it was not you, ask for a new password at once and tell the administrator."),
    ),
    "factor_changed": (
        N_("Your second factor was changed"),
        N_("If it was not you, tell the administrator at once."),
    ),
    "factor_reset_asked": (
        N_("A reset of your second factor was asked for"),
        N_(
            "Somebody who manages people asked for a reset of your second factor. An administrator must confirm it. If you "
            "did not lose it, tell the administrator at once."
        ),
    ),
    "factor_reset": (
        N_("Your second factor was reset"),
        N_(
            "Two people reset your second factor and your sessions were ended. Sign in with your password and set up a new "
            "one. For 24 hours nothing that binds can be done in your name. If you did not lose it, tell the administrator "
            "at once."
        ),
    ),
    "factor_was_reset": (
        N_("A second factor was reset"),
        N_(
            "Two people reset the second factor of somebody in %(institution)s. For 24 hours that person can do nothing "
            "that binds. Who asked and who confirmed is in the audit trail."
        ),
    ),
    "factor_reset_refused": (
        N_("The reset of a second factor was refused"),
        N_("The reset that you asked for was refused: %(reason)s"),
    ),
    "factor_reset_waits": (
        N_("A reset of a second factor waits for a second person"),
        N_("A reset was asked for somebody in %(institution)s. An administrator who did not ask for it decides."),
    ),
    "role_proposed": (
        N_("A role waits for a second person"),
        N_("The role %(role)s in %(institution)s was proposed. It holds once a second person confirms it."),
    ),
    "role_granted": (
        N_("You have a new role: %(role)s"),
        N_("You hold the role %(role)s in %(institution)s from %(since)s on."),
    ),
    "role_refused": (
        N_("A role that you proposed was refused: %(role)s"),
        N_("The role %(role)s in %(institution)s was refused: %(reason)s"),
    ),
    "role_ended": (
        N_("A role of yours ended: %(role)s"),
        N_("Your role %(role)s in %(institution)s ended on %(day)s."),
    ),
    "case_begin_sign_off": (
        N_("To be signed off: %(title)s"),
        N_("The sign-offs of %(title)s began, and it is locked. See what you sign and what is missing."),
    ),
    "case_reopen": (
        N_("Reopened for editing: %(title)s"),
        N_("%(title)s was reopened: %(reason)s. Sign-offs of what changes lapse."),
    ),
    "case_submit": (
        N_("Submitted: %(number)s %(title)s"),
        N_("%(number)s %(title)s was submitted and is frozen. Its admissibility is checked next."),
    ),
    "case_resubmit": (
        N_("Submitted again: %(number)s %(title)s"),
        N_("%(number)s %(title)s came back completed. Its admissibility is checked next."),
    ),
    "case_resubmit_to_review": (
        N_("Submitted again: %(number)s %(title)s"),
        N_("%(number)s %(title)s came back with changes and is in peer review again."),
    ),
    "case_resubmit_to_check": (
        N_("Submitted again: %(number)s %(title)s"),
        N_("%(number)s %(title)s came back with changes; its standards and the opinion are next."),
    ),
    "case_return_for_completion": (
        N_("Returned for completion: %(number)s %(title)s"),
        N_(
            "%(number)s %(title)s was returned for completion: %(reason)s. Only the sections named are open; the clock stands still."
        ),
    ),
    "case_return_for_changes": (
        N_("Returned for changes: %(number)s %(title)s"),
        N_(
            "%(number)s %(title)s was returned for changes: %(reason)s. Only the sections named are open; the clock stands still."
        ),
    ),
    "case_admit": (
        N_("Admitted: %(number)s %(title)s"),
        N_("%(number)s %(title)s was admitted and goes to peer review."),
    ),
    "case_admit_to_check": (
        N_("Admitted: %(number)s %(title)s"),
        N_("%(number)s %(title)s was admitted; its track has no peer review, so the opinion is next."),
    ),
    "case_register": (
        N_("Registered: %(number)s %(title)s"),
        N_("%(number)s %(title)s was registered. Its track demands nothing more."),
    ),
    "case_close_reviews": (
        N_("Reviews closed: %(number)s %(title)s"),
        N_("The peer reviews of %(number)s %(title)s are closed; the standards and the opinion are next."),
    ),
    "case_close_reviews_early": (
        N_("Reviews closed: %(number)s %(title)s"),
        N_("The peer reviews of %(number)s %(title)s were closed with those that were in: %(reason)s"),
    ),
    "case_recommend": (
        N_("Favourable opinion: %(number)s %(title)s"),
        N_("The opinion on %(number)s %(title)s is favourable."),
    ),
    "case_recommend_with_conditions": (
        N_("Favourable opinion with conditions: %(number)s %(title)s"),
        N_("The opinion on %(number)s %(title)s is favourable with conditions. See what is due, and when."),
    ),
    "case_recommend_against": (
        N_("Unfavourable opinion: %(number)s %(title)s"),
        N_("The opinion on %(number)s %(title)s is unfavourable. Its reasons are on the page of the case."),
    ),
    "case_reconsider": (
        N_("Opinion reopened: %(number)s %(title)s"),
        N_("The opinion on %(number)s %(title)s is looked at again: %(reason)s"),
    ),
    "case_conclude": (
        N_("Closed after the opinion: %(number)s %(title)s"),
        N_("%(number)s %(title)s is closed: its track ends with the opinion."),
    ),
    "plan_proposed": (
        N_("A plan waits for your decision: %(number)s %(title)s"),
        N_("%(by)s proposed a plan of %(number)s %(title)s: %(what)s. Another person decides on it."),
    ),
    "plan_approved": (
        N_("The plan was approved: %(number)s %(title)s"),
        N_("%(by)s approved the plan of %(number)s %(title)s that you proposed: %(what)s."),
    ),
    "plan_refused": (
        N_("The plan was refused: %(number)s %(title)s"),
        N_("The plan of %(number)s %(title)s that you proposed (%(what)s) was refused: %(reason)s"),
    ),
    "code_issued": (
        N_("Approval code issued: %(title)s"),
        N_(
            "An approval code was issued for «%(lot)s» of %(title)s, up to %(ceiling)s with tax. Orders can be reserved on "
            "it from %(since)s on."
        ),
    ),
    "measurements_overdue": (
        N_("Measurements overdue: %(title)s"),
        N_(
            "Indicators of %(title)s that you answer for and whose measurement is overdue: %(indicators)s. One page takes them all."
        ),
    ),
    "case_fund": (
        N_("With funding: %(number)s %(title)s"),
        N_("The budget decision on %(number)s %(title)s gives it money. The amounts by year are on its page."),
    ),
    "case_not_fund": (
        N_("Not funded: %(number)s %(title)s"),
        N_("The budget decision on %(number)s %(title)s gives it no money: %(reason)s"),
    ),
    "case_defer": (
        N_("Deferred: %(number)s %(title)s"),
        N_("The budget decision on %(number)s %(title)s was deferred: %(reason)s"),
    ),
    "case_withdraw": (
        N_("Withdrawn: %(number)s %(title)s"),
        N_("The institution withdrew %(number)s %(title)s: %(reason)s"),
    ),
    "case_close": (
        N_("Closed: %(number)s %(title)s"),
        N_("%(number)s %(title)s was closed: %(reason)s"),
    ),
    "sign_off_lapsed": (
        N_("A sign-off lapsed: %(title)s"),
        N_(
            "The sign-off of %(signer)s on %(title)s lapsed, because sections it covers were changed. It must be given again."
        ),
    ),
    "sign_off_asked": (
        N_("Your sign-off is asked for: %(title)s"),
        N_("%(by)s asks for your sign-off of %(title)s. Nothing is missing in it any more: read what you would sign."),
    ),
    "case_received": (
        N_("You lead a case now: %(title)s"),
        N_("%(by)s handed %(title)s over to you: %(reason)s"),
    ),
    "case_given_away": (
        N_("Another person leads this case now: %(title)s"),
        N_("%(by)s handed %(title)s over to %(to)s: %(reason)s You can read it and no longer change it."),
    ),
    "team_left": (
        N_("You no longer write this case: %(title)s"),
        N_("%(by)s took you off the team of %(title)s: %(reason)s You can read it and no longer change it."),
    ),
    "team_joined": (
        N_("You write this case: %(title)s"),
        N_("%(by)s brought you into the team of %(title)s: %(reason)s"),
    ),
    "observation_made": (
        N_("A new observation: %(number)s %(title)s"),
        N_("There is an observation on a section of %(number)s %(title)s. Answer it by %(due)s."),
    ),
    "observation_answered": (
        N_("An observation was answered: %(number)s %(title)s"),
        N_("The institution answered your observation on %(number)s %(title)s."),
    ),
    "observation_resolved": (
        N_("An observation is resolved: %(number)s %(title)s"),
        N_("An observation on %(number)s %(title)s is resolved. Nothing more is needed for it."),
    ),
    "review_assigned": (
        N_("A case waits for your review: %(title)s"),
        N_(
            "You were chosen to review %(title)s. Say first whether you have a conflict of interest. It is due on %(due)s."
        ),
    ),
    "review_taken_back": (
        N_("A review was given to somebody else: %(title)s"),
        N_("You need not review %(title)s any more."),
    ),
    "review_declined": (
        N_("A reviewer declined: %(title)s"),
        N_("A reviewer gave %(title)s back. Choose somebody else."),
    ),
    "reviewer_recused": (
        N_("A reviewer is recused: %(title)s"),
        N_("A reviewer declared a conflict of interest on %(title)s. Choose somebody else."),
    ),
    "third_review_called": (
        N_("One more review is needed: %(title)s"),
        N_("The reviews of %(title)s differ so much that one more is called. They stay sealed until it is in."),
    ),
    "reviews_are_in": (
        N_("The reviews are in: %(title)s"),
        N_("Every review of %(title)s is filed. Read them and close the reviews."),
    ),
    "review_closed": (
        N_("The reviews were closed: %(title)s"),
        N_("The reviews of %(title)s were closed before yours was filed. You need not do anything more."),
    ),
    "review_renewed": (
        N_("A case that you review has changed: %(title)s"),
        N_("%(title)s came back from the institution. Look at what changed, and file your review again by %(due)s."),
    ),
    "review_due": (
        N_("A review is due soon: %(title)s"),
        N_("Your review of %(title)s is due on %(due)s."),
    ),
    "review_late": (
        N_("A review is late: %(title)s"),
        N_("Your review of %(title)s was due on %(due)s. File it, or decline it so that somebody else can."),
    ),
    "review_late_secretary": (
        N_("A reviewer is late: %(title)s"),
        N_("A review of %(title)s was due on %(due)s. Remind the reviewer, or choose somebody else."),
    ),
    "waiver_proposed": (
        N_("A waiver waits for a decision: %(standard)s"),
        N_("A waiver from %(standard)s was proposed for %(title)s. Two authorities decide on it."),
    ),
    "waiver_agreed": (
        N_("A waiver waits for its second authority: %(standard)s"),
        N_("The first authority agreed to the waiver from %(standard)s for %(title)s."),
    ),
    "waiver_granted": (
        N_("A waiver was granted: %(standard)s"),
        N_("The waiver from %(standard)s for %(title)s holds until %(until)s."),
    ),
    "waiver_refused": (
        N_("A waiver was refused: %(standard)s"),
        N_("The waiver from %(standard)s for %(title)s was refused. The page says why."),
    ),
    "waiver_expired": (
        N_("A waiver has expired: %(standard)s"),
        N_("The waiver from %(standard)s for %(title)s ended on %(until)s. The standard counts as not met again."),
    ),
    "opinion_ready": (
        N_("An opinion waits for your signature: %(number)s"),
        N_("The opinion on %(number)s %(title)s was drafted by %(by)s and waits for your signature."),
    ),
    "letter_issued": (
        N_("A letter was issued: %(call)s"),
        N_("The letter with the opinions on the cases of %(institution)s in %(call)s can be read and downloaded."),
    ),
    "reconsideration_asked": (
        N_("Reconsideration asked: %(number)s"),
        N_("The institution asks to look again at the opinion on %(number)s %(title)s."),
    ),
    "reconsideration_decided": (
        N_("The request for reconsideration is answered: %(number)s"),
        N_("%(outcome)s. %(title)s: %(answer)s"),
    ),
    "condition_overdue": (
        N_("A condition is overdue: %(title)s"),
        N_("It was due on %(due)s: %(text)s. Supply the evidence, or say why it is late."),
    ),
    "condition_overdue_oversight": (
        N_("A condition is overdue: %(title)s"),
        N_(
            "It was due on %(due)s: %(text)s. You may propose to suspend the approval codes; that would stop new "
            "reservations only. Nothing happens by itself."
        ),
    ),
    "condition_evidenced": (
        N_("Evidence of a condition was supplied: %(title)s"),
        N_("The institution says that it has met: %(text)s"),
    ),
    "opinion_overridden": (
        N_("An opinion was overridden: %(number)s"),
        N_("By the act %(act)s the authority lets the budget office decide on %(number)s %(title)s."),
    ),
    "decisions_proposed": (
        N_("Budget decisions wait for a second person"),
        N_("%(by)s proposed decisions in %(call)s; cases: %(count)s. Another person confirms them."),
    ),
    "decision_sent_back": (
        N_("A proposed decision came back: %(number)s"),
        N_("The proposal on %(number)s %(title)s was sent back: %(reason)s"),
    ),
    "modification_proposed": (
        N_("A modification waits for a second person: %(number)s %(title)s"),
        N_("%(by)s proposed to change what is decided on %(number)s %(title)s from %(before)s to %(after)s."),
    ),
    "decision_modified": (
        N_("The decided amount changed: %(number)s %(title)s"),
        N_(
            "What is decided on %(number)s %(title)s changed from %(before)s to %(after)s: %(reason)s. See its years and "
            "its codes."
        ),
    ),
    "modification_sent_back": (
        N_("A proposed modification came back: %(number)s"),
        N_("The modification proposed on %(number)s %(title)s was sent back: %(reason)s"),
    ),
    "decision_not_published": (
        N_("A confirmed decision could not be made known: %(title)s"),
        N_("The embargo has ended, and the case could not be moved: %(reason)s"),
    ),
    "call_closes_soon": (
        N_("%(call)s closes on %(until)s"),
        N_("You have a case for %(call)s that is not submitted yet. The call closes on %(until)s."),
    ),
    "call_closed": (
        N_("%(call)s has closed"),
        N_(
            "The call closed on %(until)s, and a case of yours was not submitted. What you wrote is kept. A case can "
            "only be submitted late with a recorded waiver."
        ),
    ),
    "call_extended": (
        N_("%(call)s now closes on %(until)s"),
        N_("The closing was moved for everybody, to %(until)s. The reason: %(reason)s"),
    ),
    "late_submission_asked": (
        N_("Leave to submit late is asked for: %(case)s"),
        N_("%(institution)s asks to submit %(case)s after the closing. The reason: %(reason)s"),
    ),
    "late_submission_granted": (
        N_("You may submit late: %(case)s"),
        N_("The case %(case)s may be submitted until %(until)s. The reason: %(reason)s"),
    ),
    **LIFE,
    **RATINGS,
    **RETURNS,
    **CLOSING,
    "risk_escalated": (
        N_("A risk waits for an answer of your tier: %(event)s"),
        N_(
            "It is rated «%(rating)s», beyond what the project may carry by itself. Answer it, or pass it on, by %(due)s."
        ),
    ),
    "risk_escalation_answered": (
        N_("An escalated risk was answered: %(event)s"),
        N_("The answer: %(answer)s"),
    ),
    "risk_escalation_overdue": (
        N_("An escalated risk has no answer: %(event)s"),
        N_("The answer was due on %(due)s. The risk waits until a person answers it or passes it on."),
    ),
    "risk_acceptance_asked": (
        N_("The acceptance of a risk waits for you: %(event)s"),
        N_("It is rated «%(rating)s». Accept it until the day that is proposed, or refuse with a reason."),
    ),
    "risk_acceptance_decided": (
        N_("The acceptance of a risk was decided: %(event)s"),
        N_("The outcome: %(outcome)s"),
    ),
    "risk_acceptance_ended": (
        N_("The acceptance of a risk has ended: %(event)s"),
        N_("Its day has passed, or the risk got worse. Treat it, or propose the acceptance again."),
    ),
    "risk_review_due": (
        N_("A risk should have been looked at: %(event)s"),
        N_("Its review was due on %(due)s. Rate it again, also if nothing changed."),
    ),
}
"""kind → (subject, body)."""

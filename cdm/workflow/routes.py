"""Questions that choose between rows of one name, and between waits of one state."""

from __future__ import annotations

from collections.abc import Callable

from cdm import modalities, money, provisional
from cdm.rules.windows import find_window
from cdm.workflow import judging
from cdm.workflow.accreditation_moves import STANDING
from cdm.workflow.step import Step

Asked = Callable[[Step], bool]
_NAMED: dict[str, Asked] = {}


def _route(function: Asked) -> Asked:
    _NAMED[function.__name__] = function
    return function


def named(name: str) -> Asked:
    """The route of this name; KeyError is a mistake on a page and is caught by a system check."""
    return _NAMED[name]


def names() -> frozenset[str]:
    return frozenset(_NAMED)


@_route
def host_letter_stands(step: Step) -> bool:
    """A host Party's letter given in an earlier round still stands."""
    return step.project.letters.filter(party=step.project.host_party, state="issued").exists()


@_route
def host_letter_does_not_stand(step: Step) -> bool:
    return not host_letter_stands(step)


@_route
def a_further_participant_asks(step: Step) -> bool:
    """An organisation that is to be added to the project waits for this letter to authorise it."""
    letter = step.subject
    return modalities.asking_to_be_added(letter).exclude(pk__in=letter.authorised.values("pk")).exists()


@_route
def nobody_speaks_for_the_participants(step: Step) -> bool:
    """No statement of modalities of communication is in force or being signed (rulebook 2.4)."""
    return not step.project.modalities_statements.filter(state__in=("in_force", "being_signed")).exists()


@_route
def nobody_is_engaged_to_validate(step: Step) -> bool:
    return not step.project.engagements.filter(function="validation", until_at__isnull=True).exists()


@_route
def nobody_is_engaged_to_verify(step: Step) -> bool:
    return not step.project.engagements.filter(function="verification", until_at__isnull=True).exists()


@_route
def is_registration(step: Step) -> bool:
    return bool(step.subject.is_registration)


@_route
def is_issuance(step: Step) -> bool:
    return bool(step.subject.is_issuance)


@_route
def asks_about_the_registered_project(step: Step) -> bool:
    """A request for renewal, or for approval of a post-registration change."""
    return step.subject.change is not None


@_route
def change_is_only_notified(step: Step) -> bool:
    return bool(step.subject.track == "notification")


@_route
def change_is_validated(step: Step) -> bool:
    return not change_is_only_notified(step)


@_route
def approval_is_requested_by_itself(step: Step) -> bool:
    """Whether the change goes before the Board alone, and not with an issuance, and no request is open yet."""
    if step.subject.track != "prior_approval":
        return False
    return not step.subject.requests.exclude(state__in=["rejected", "withdrawn"]).exists()


@_route
def renewal_has_a_last_day(step: Step) -> bool:
    """Since 2019 a renewal is requested within a year of the end of the crediting period (EB 100, para 32)."""
    return step.subject.is_renewal and _has_days(step, "renewal.latest_after_expiry")


@_route
def is_provisional(step: Step) -> bool:
    """Taken under the temporary measures of EB 108."""
    return bool(step.subject.is_provisional)


@_route
def risk_is_still_to_be_acknowledged(step: Step) -> bool:
    """A provisional request whose risk acknowledgement nobody has put forward yet (EB 108)."""
    request = step.subject
    return (
        provisional.is_taken_provisionally(request, step.day)
        and provisional.acknowledgement_of(request) is None
        and not request.risk_acknowledgements.filter(state="being_signed").exists()
    )


@_route
def secretariat_checks(step: Step) -> bool:
    """Whether the rule set in force knows a completeness check; the 2005 modalities do not."""
    rules = judging.rules_of(step.subject, step.day)
    return find_window(rules, f"{step.subject.kind}.completeness", scale=step.project.scale) is not None


@_route
def nobody_checks(step: Step) -> bool:
    return not secretariat_checks(step)


@_route
def fee_is_due(step: Step) -> bool:
    """A registration fee that is not yet paid (none for issuance)."""
    return is_registration(step) and money.registration_fee_open(step.subject, step.day) > 0


@_route
def no_fee_is_due_and_secretariat_checks(step: Step) -> bool:
    return not fee_is_due(step) and secretariat_checks(step)


@_route
def no_fee_is_due_and_nobody_checks(step: Step) -> bool:
    return not fee_is_due(step) and nobody_checks(step)


@_route
def administrative_share_is_due(step: Step) -> bool:
    return money.administrative_charge(step.subject, step.day).due_usd > 0


@_route
def administrative_share_is_not_due(step: Step) -> bool:
    return not administrative_share_is_due(step)


@_route
def part_of_the_share_is_open(step: Step) -> bool:
    """Whether an instalment of the administrative share is still to come (EB 96)."""
    invoice = money.share_invoice(step.subject)
    return invoice is not None and invoice.open_usd > 0


@_route
def fee_put_off_is_open(step: Step) -> bool:
    """Whether the registration fee that was put off until this issuance is still to be paid (2/CMP.5)."""
    invoice = step.subject.invoices.filter(kind="registration_fee").first()
    return step.subject.is_issuance and invoice is not None and invoice.open_usd > 0


@_route
def refund_is_open(step: Step) -> bool:
    """Whether part of the registration fee is owed back and not paid back yet (EB 37 annex 20, para 7)."""
    return money.refund_owed(step.subject) is not None


@_route
def project_was_published(step: Step) -> bool:
    """Whether the design document was ever published for comments."""
    return bool(step.project.records.filter(machine_name="project", verb="publish").exists())


@_route
def project_was_not_published(step: Step) -> bool:
    return not project_was_published(step)


@_route
def participants_have_not_replied(step: Step) -> bool:
    return not step.subject.review_replies.filter(side="participant").exists()


@_route
def doe_has_not_replied(step: Step) -> bool:
    return not step.subject.review_replies.filter(side="doe").exists()


@_route
def no_request_is_being_prepared(step: Step) -> bool:
    return not step.project.requests.filter(state="being_prepared").exists()


@_route
def is_a_review(step: Step) -> bool:
    return bool(step.subject.is_review)


@_route
def is_a_withdrawn_letter(step: Step) -> bool:
    return step.subject.letter is not None


@_route
def is_of_a_project(step: Step) -> bool:
    return step.subject.entity is None


@_route
def is_about_an_entity(step: Step) -> bool:
    """An accreditation or an excess issuance, not a request of a project."""
    return step.subject.entity is not None


@_route
def secretariat_has_not_assessed(step: Step) -> bool:
    return not step.subject.assessments.filter(side="secretariat").exists()


@_route
def expert_has_not_assessed(step: Step) -> bool:
    return not step.subject.assessments.filter(side="expert").exists()


@_route
def second_assessment_is_needed(step: Step) -> bool:
    """Only where the first two disagree (rulebook 2.7)."""
    made = {one.side: one.recommendation for one in step.subject.assessments.all()}
    return len(made) == 2 and len(set(made.values())) == 2


@_route
def assessments_are_there(step: Step) -> bool:
    """Both, and where they disagree the third."""
    return step.subject.assessments.count() > 1 and not second_assessment_is_needed(step)


@_route
def assessment_has_days(step: Step) -> bool:
    return _has_days(step, "review.expert_assessment")


@_route
def completion_has_days(step: Step) -> bool:
    """Para 65(b): a review of an issuance is completed within days that later procedures no longer set."""
    return bool(step.subject.is_issuance) and _has_days(step, "issuance.review")


@_route
def ruling_note_has_days(step: Step) -> bool:
    return _has_days(step, "review.ruling_note")


@_route
def corrections_have_days(step: Step) -> bool:
    return _has_days(step, "review.corrections")


def _has_days(step: Step, name: str) -> bool:
    """Whether the rule set in force for the subject sets such a window at all."""
    return find_window(judging.rules_of(step.subject, step.day), name, scale=step.project.scale) is not None


@_route
def silence_may_decide(step: Step) -> bool:
    """Whether a proposed decision becomes final where nobody objects; in 2005 a meeting decided."""
    return judging.rules_of(step.subject, step.day).text("review.end_rule") == "silence_then_meeting"


@_route
def only_a_meeting_decides(step: Step) -> bool:
    return not silence_may_decide(step)


@_route
def question_is_for_participants(step: Step) -> bool:
    return _open_question(step, asked_of="participant")


@_route
def question_is_for_the_doe(step: Step) -> bool:
    return _open_question(step, asked_of="doe")


@_route
def question_came_from_being_assessed(step: Step) -> bool:
    return _open_question(step, asked_from="being_assessed")


@_route
def question_came_from_proposed(step: Step) -> bool:
    return _open_question(step, asked_from="proposed")


@_route
def question_came_from_in_electronic_decision(step: Step) -> bool:
    return _open_question(step, asked_from="in_electronic_decision")


def _open_question(step: Step, **of: str) -> bool:
    return bool(step.subject.questions.filter(ended_on__isnull=True, **of).exists())


@_route
def activity_is_given_up(step: Step) -> bool:
    """All participants ask that the activity be de-registered (rulebook 2.15)."""
    return bool(step.subject.kind == "deregister")


@_route
def participants_change(step: Step) -> bool:
    return not activity_is_given_up(step)


@_route
def no_meeting_has_it(step: Step) -> bool:
    """It waits for a meeting that is still to be convened."""
    return step.subject.meeting is None


@_route
def text_rejects(step: Step) -> bool:
    return bool(step.subject.outcome == "reject")


@_route
def text_does_not_reject(step: Step) -> bool:
    return not text_rejects(step)


@_route
def term_has_an_end(step: Step) -> bool:
    """An accreditation that was taken over without a last day does not run out."""
    return step.subject.last_day is not None


@_route
def scopes_await_the_cmp_now(step: Step) -> bool:
    """The Board has withdrawn some scopes and the CMP has not decided on them yet."""
    return bool(step.subject.scopes_awaiting_the_cmp().exists())


@_route
def is_designated(step: Step) -> bool:
    """The CMP has designated the entity; before that the designation is provisional."""
    return step.subject.designated_on is not None


@_route
def is_not_designated(step: Step) -> bool:
    return not is_designated(step)


@_route
def continues_a_designation(step: Step) -> bool:
    """A further term of an entity that the CMP has designated."""
    former = step.subject.follows
    return former is not None and former.state in STANDING and former.designated_on is not None


@_route
def continues_no_designation(step: Step) -> bool:
    return not continues_a_designation(step)


@_route
def replaces_all(step: Step) -> bool:
    """What is to be cancelled is all that is still due (more is refused)."""
    quantity = step.given.get("quantity")
    return isinstance(quantity, int) and quantity >= step.subject.remaining


@_route
def replaces_a_part(step: Step) -> bool:
    return not replaces_all(step)

"""Questions that choose between rows of one name, and between waits of one state."""

from __future__ import annotations

from collections.abc import Callable

from cdm import modalities, money
from cdm.rules.windows import find_window
from cdm.workflow import judging
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
def is_registration(step: Step) -> bool:
    return bool(step.subject.is_registration)


@_route
def is_issuance(step: Step) -> bool:
    return bool(step.subject.is_issuance)


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
def participants_have_not_replied(step: Step) -> bool:
    return not step.subject.review_replies.filter(side="participant").exists()


@_route
def doe_has_not_replied(step: Step) -> bool:
    return not step.subject.review_replies.filter(side="doe").exists()


@_route
def no_request_is_being_prepared(step: Step) -> bool:
    return not step.project.requests.filter(state="being_prepared").exists()

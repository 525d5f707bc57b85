"""Needs of the modalities of communication and of changes of participants (rulebook 2.4)."""

from __future__ import annotations

from collections.abc import Iterator

from cdm import files, modalities
from cdm.models import ParticipantChange
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.roles import Role
from cdm.workflow.step import Problem, Step


@condition
def modalities_are_in_force(step: Step) -> Answer:
    """The statement goes with the request for registration, signed by all participants (rulebook 2.4 and 2.6)."""
    request = step.subject
    if not request.is_registration:
        return None
    statement = modalities.in_force(request.project)
    if statement is None:
        return Problem(
            "No statement of modalities of communication is in force. The participants state who speaks for them, and "
            "all of them sign it (rulebook 2.4).",
            "modalities",
        )
    if missing := modalities.tells_of_others(statement):
        names = ", ".join(str(body) for body in missing)
        return Problem(
            f"The statement of modalities was not signed by {names}. A new statement is needed, signed by all "
            "participants (rulebook 2.4).",
            "modalities",
        )
    return None


@condition
def focal_point_for_scope_c_speaks(step: Step) -> Answer:
    """Rulebook 2.4, PCP 4.6: modalities in force, the focal points for scope (c) speak for the participants."""
    if step.by is None or step.role not in (Role.PARTICIPANT, Role.FOCAL_POINT):
        return None
    if sentence := modalities.speaking_problem(step.project, step.by, step.day):
        return sentence
    is_only_named = step.role is Role.FOCAL_POINT and modalities.in_force(step.project) is None
    return "The statement that names you a focal point is not in force yet." if is_only_named else None


@condition
def change_is_in_order(step: Step) -> Iterator[Problem]:
    """3/CMP.1 annex, para 33: a participant is added where a standing letter of its Party authorises it."""
    from cdm.acts.participants import problems

    change: ParticipantChange = step.subject
    yield from problems(change, step.day)
    if change.kind != ParticipantChange.Kind.ADD:
        return
    if not step.project.letters.filter(
        party=change.party, state="issued", authorised=change.organisation
    ).exists():
        yield Problem(
            f"No standing letter of approval of {change.party_name} authorises {change.organisation}. "
            "Its designated national authority has to issue one first (3/CMP.1 annex, para 33).",
            "party",
        )


@condition
def participants_asked_for_it(step: Step) -> Iterator[Problem]:
    """A Party authorises those that asked it: participants, and those asked to be added."""
    letter = step.subject
    asked = set(modalities.asking(letter).values_list("pk", flat=True))
    authorised = set(letter.authorised.values_list("pk", flat=True))
    for body in step.given.get("participants") or []:
        if body.pk not in asked:
            yield Problem(
                f"{body} did not ask {letter.party_name} for authorisation. Leave it out.", "participants"
            )
        elif body.pk in authorised:
            yield Problem(f"{body} is authorised by this letter already. Leave it out.", "participants")
    if step.given.get("letter") is not None:
        yield from (Problem(found.sentence, "letter") for found in files.file_problems(step.given["letter"]))
    if "participants" in step.given and not step.given["participants"]:
        yield Problem("Name the participants that the letter authorises besides.", "participants")

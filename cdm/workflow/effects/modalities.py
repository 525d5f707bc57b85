"""What statements of modalities, changes of participants and lost letters bring about."""

from __future__ import annotations

from cdm import files, modalities
from cdm.models import InvolvedParty, ParticipantChange, Participation
from cdm.units import reference_of
from cdm.workflow import recording, waiting
from cdm.workflow.effects.naming import effect
from cdm.workflow.step import Step


@effect
def supersede_earlier_statement(step: Step) -> None:
    """One statement is in force; the one before gives way in the same move."""
    from cdm.workflow import engine

    statement = step.subject
    earlier = (
        statement.project.modalities_statements.filter(state="in_force").exclude(pk=statement.pk).first()
    )
    if earlier is not None:
        # at once, not queued: two rows in force would break the one-in-force constraint when this one is saved
        engine.follow(earlier, "be_superseded", by=step.by, at=step.at)
    statement.in_force_from = step.at
    step.facts.update(content_sha256=statement.content_sha256, content=statement.content)


@effect
def change_participants(step: Step) -> None:
    """What was asked for becomes so; who withdraws as the developer is followed by the participant named next."""
    change: ParticipantChange = step.subject
    project, body = step.project, change.organisation
    step.facts.update(kind=change.kind, organisation=body.name, content_sha256=change.content_sha256)
    if change.kind == ParticipantChange.Kind.ADD:
        Participation.objects.create(project=project, organisation=body, party=change.party)
        InvolvedParty.objects.get_or_create(project=project, party=change.party)
        step.facts["party"] = change.party
    elif change.kind == ParticipantChange.Kind.DEREGISTER:
        step.follow(project, "deregister", note=change.reason)
    elif change.kind == ParticipantChange.Kind.RENAME:
        step.facts.update(old_name=body.name, new_name=change.new_name)
        body.name = change.new_name
        body.save(update_fields=["name"])
    else:
        project.participations.filter(organisation=body).delete()
        remaining = project.participations.order_by("pk").first()
        if project.developer_id == body.pk and remaining is not None:
            project.developer = remaining.organisation
            project.save(update_fields=["developer"])
            step.facts["developer"] = project.developer.name
        _refuse_forwarding(step, [body.pk], f"{body} withdrew from the project.")


@effect
def stop_asking_for_letter(step: Step) -> None:
    """A letter that was asked for only for this participant is not waited for any more."""
    change: ParticipantChange = step.subject
    letter = step.project.letters.filter(party=change.party).first()
    if change.kind != ParticipantChange.Kind.ADD or letter is None:
        return
    if (
        letter.state == "requested"
        and not modalities.asking(letter).exclude(pk=change.organisation_id).exists()
    ):
        step.follow(letter, "lapse")
    elif letter.state == "issued":
        # the change leaves its state with this step; what it asked of the letter ends with the same record
        record = recording.append(
            verb="stop_asking",
            sentence=f"{letter}: no longer asked to authorise {change.organisation}",
            by=step.by,
            role=step.role,
            at=step.at,
            project=step.project,
            subject=letter,
            is_public=False,
        )
        change.save()
        waiting.settle(letter, at=step.at, record=record)


@effect
def keep_further_authorisation(step: Step) -> None:
    letter, bodies = step.subject, list(step.given["participants"])
    letter.authorised.add(*bodies)
    if step.given.get("letter") is not None:
        letter.document = files.store(
            letter, kind="letter", title=str(letter), file=step.given["letter"], by=step.person, at=step.at
        )
        step.facts["document_sha256"] = letter.document.sha256
    step.facts["authorises"] = [body.name for body in bodies]


@effect
def tell_forwarding_of_lost_approval(step: Step) -> None:
    """A participant receives only where its Party authorises it: open requests for units to it are refused."""
    letter = step.subject
    bodies = step.project.participations.filter(party=letter.party).values_list("organisation_id", flat=True)
    _refuse_forwarding(step, list(bodies), f"{letter.party_name} withdrew its letter of approval.")


def _refuse_forwarding(step: Step, bodies: list[int], why: str) -> None:
    from cdm.models import Organisation

    references = [reference_of(body) for body in Organisation.objects.filter(pk__in=bodies)]
    asked = step.project.forwarding_requests.filter(
        state__in=("being_signed", "requested"), shares__account__holder_reference__in=references
    )
    for request in asked.distinct():
        step.follow(request, "refuse", note=why)

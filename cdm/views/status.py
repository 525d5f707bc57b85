"""How a state is shown: its working label, its tone, and the UNFCCC's own public wording beside it."""

from __future__ import annotations

from cdm.models.subject import Subject
from cdm.provisional import PUBLIC_WORD
from cdm.workflow.machine import State

# states in which somebody outside has to act before anything goes on
WAITING = ("awaiting", "requested", "returned", "validated", "certified", "instructed")


def tone_of(state: State) -> str:
    """The colour of a state: good, bad, waiting, progress or neutral."""
    if state.ending:
        return state.ending
    if state.name in ("draft", "being_prepared"):
        return "neutral"
    return "waiting" if state.name.startswith(WAITING) else "progress"


def status_of(subject: Subject) -> dict[str, str]:
    """The status of a subject for `parts/status_tag.html` and `parts/page_heading.html`."""
    # a project that comes from `provisional.knowing_the_listed` may rest with its request for registration
    is_listed = getattr(subject, "is_listed_as_provisional", False)
    public = PUBLIC_WORD if is_listed else subject.place.public
    return {"label": subject.place.label, "tone": tone_of(subject.place), "public": public}

"""The Board of the demonstration: who sits for whom, its meetings, and how its reviews go."""

from __future__ import annotations

import datetime as dt

from cdm import assignment
from cdm.acts import board, matters, meetings
from cdm.demonstration.stage import Stage, Story, day
from cdm.models import BoardMatter, BoardRequest, Membership, Task, User

# e-mail, constituency, group; who nominated whom is invented, as the people are (3/CMP.1 annex, para 7)
MEMBERS = (
    ("amina.diallo", "african", "non_annex_i"),
    ("tariq.mahmood", "asia_pacific", "non_annex_i"),
    ("olena.marchenko", "eastern_european", "annex_i"),
    ("eduardo.paz", "latin_american", "non_annex_i"),
    ("hans.gerber", "western_european", "annex_i"),
    ("ingrid.solheim", "other_annex_i", "annex_i"),
    ("kenji.watanabe", "other_annex_i", "annex_i"),
    ("grace.otieno", "other_non_annex_i", "non_annex_i"),
    ("zhang.rui", "other_non_annex_i", "non_annex_i"),
    ("lance.baptiste", "small_island", "non_annex_i"),
)
ALTERNATES = (("bilal.haddad", "amina.diallo"), ("petra.novak", "olena.marchenko"))
CHAIRS = ("amina.diallo", "hans.gerber")


def enter(*, by: User, at: dt.datetime) -> None:
    """The members and their alternates, sworn in, and a chair; again where they sit already: a new term."""
    people = {user.email.partition("@")[0]: user for user in User.objects.all()}
    held = {one.user_id: one for one in Membership.objects.filter(ended_on__isnull=True)}
    places: dict[str, Membership] = {}
    for name, constituency, group in MEMBERS:
        places[name] = board.enter_member(
            user=people[name],
            constituency=constituency,
            group=group,
            starts_on=at.date(),
            succeeds=held.get(people[name].pk),
            by=by,
            at=at,
        )
    for name, of in ALTERNATES:
        places[name] = board.enter_member(
            user=people[name],
            constituency=places[of].constituency,
            group=places[of].group,
            alternate_of=places[of],
            starts_on=at.date(),
            succeeds=held.get(people[name].pk),
            by=by,
            at=at,
        )
    places = {name: board.record_oath(one, on=at.date(), by=by, at=at) for name, one in places.items()}
    chair, vice_chair = CHAIRS
    board.elect(chair=places[chair], vice_chair=places[vice_chair], year=at.year, by=by, at=at)


def terms(stage: Stage) -> Story:
    """A new term in 2018; in 2019 the posts go to the other group, and the June meeting is convened."""
    yield day("2018-01-08")
    enter(by=stage.person("secretariat"), at=stage.at)
    yield day("2019-01-07")
    offices = {
        one.user.email.partition("@")[0]: one for one in Membership.objects.filter(ended_on__isnull=True)
    }
    vice_chair, chair = (offices[name] for name in CHAIRS)
    board.elect(chair=chair, vice_chair=vice_chair, year=2019, by=stage.person("secretariat"), at=stage.at)
    yield day("2019-05-06")
    meetings.convene(
        number=103,
        starts_on=day("2019-06-17"),
        ends_on=day("2019-06-20"),
        place="Bonn",
        by=stage.person("secretariat"),
        at=stage.at,
    )


def assess(stage: Stage, request: BoardRequest, side: str, recommendation: str, text: str) -> BoardMatter:
    """The secretariat assesses, or whichever expert is given the task."""
    matter = request.matters.get()
    by = stage.person("secretariat")
    if side == "experts":
        assignment.assign_waiting(at=stage.at)
        task = Task.objects.get(
            machine_name="board_matter", subject_id=matter.pk, role="expert", closed_at__isnull=True
        )
        by = task.assigned_to or by
    matters.assess(matter, recommendation=recommendation, text=text, by=by, at=stage.at)
    matter.refresh_from_db()
    return matter


STORIES = (terms,)

"""The inbox and the notices: whose tasks are seen, taken and handed over, and how often the database is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cdm import assignment
from cdm.acts import people
from cdm.models import BoardRequest, Notice, Task, User
from tests.given import Kind, World
from tests.web.reading import words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]
TASKS = "/tasks/"


@pytest.fixture
def deciding(world: World) -> Task:
    """A proposed decision that a member objected to: the Board has to decide, and nobody has taken it."""
    request = world.published_request(world.validated(others=()), "validator")
    for number in (1, 2, 3):
        ask(world, request, f"member {number}")
    world.on(f"{world.at.date().replace(year=2020)}")
    request.refresh_from_db()
    assert request.state == "under_review"
    matter = world.proposed(request, "reject")
    world.do(matter, "object", "member 3", "It is shown.")
    return Task.objects.get(what="Decide at the meeting of the Board", closed_at__isnull=True)


def ask(world: World, request: object, who: str) -> None:
    from cdm.acts import requests
    from cdm.models import BoardRequest

    assert isinstance(request, BoardRequest)
    requests.ask_for_review(
        request, grounds=["additionality"], reasons="Not shown.", by=world.people[who], at=world.at
    )


def claim_url(task: Task) -> str:
    return reverse("cdm:task_claim", args=[task.pk])


def hand_over_url(task: Task) -> str:
    return reverse("cdm:task_hand_over", args=[task.pk])


def test_signing_in_leads_to_the_inbox(client: Client, world: World) -> None:
    user = world.people["secretary"]
    user.set_password("a long and quiet river")
    user.save()
    answer = client.post(
        "/accounts/login/", {"login": user.email, "password": "a long and quiet river"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == TASKS
    assert "You sit for UNFCCC secretariat (Secretariat)" in words(answer)


def test_the_inbox_is_for_those_who_are_signed_in(visit: Visit) -> None:
    answer = visit("").get(TASKS)
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/tasks/"


def test_everybody_sees_the_tasks_of_their_own_organisations(visit: Visit, deciding: Task) -> None:
    page = words(visit("member 1").get(TASKS))
    assert "Decide at the meeting of the Board" in page
    assert "nobody yet" in page
    for who in ("secretary", "developer", "validator", "dna BR"):
        assert "Decide at the meeting of the Board" not in words(visit(who).get(TASKS)), who


def test_someone_without_a_seat_is_told_who_gives_seats(world: World, client: Client) -> None:
    client.force_login(User.objects.create_user(email="new@example.org", name="New"))
    assert "You hold no seat, so nothing can wait for you." in words(client.get(TASKS))


def test_a_task_is_taken_once(world: World, visit: Visit, deciding: Task) -> None:
    answer = visit("member 1").post(claim_url(deciding), follow=True)
    assert "The task is yours: Decide at the meeting of the Board." in words(answer)
    assert "taken by you" in words(answer)
    answer = visit("member 2").post(claim_url(deciding))
    assert answer.status_code == 409
    assert "Member 1 has claimed this task. Ask for it to be handed over." in words(answer)
    deciding.refresh_from_db()
    assert deciding.assigned_to == world.people["member 1"]


def test_a_task_of_others_does_not_exist(visit: Visit, deciding: Task) -> None:
    for who in ("secretary", "developer"):
        assert visit(who).post(claim_url(deciding)).status_code == 404
        assert visit(who).get(hand_over_url(deciding)).status_code == 404
    assert visit("member 1").get(claim_url(deciding)).status_code == 405
    deciding.refresh_from_db()
    assert deciding.assigned_to is None


def test_a_conflict_of_interest_keeps_a_task_away(world: World, visit: Visit, deciding: Task) -> None:
    member = world.people["member 4"]
    people.record_conflict(
        user=member,
        organisation=world.organisations["developer"],
        reason="Shares",
        by=member,
        at=world.at,
    )
    answer = visit("member 4").post(claim_url(deciding))
    assert answer.status_code == 403
    assert "You do not sit for it, or have a conflict of interest." in words(answer)
    page = words(visit("member 1").get(hand_over_url(deciding)))
    assert "Member 2" in page
    assert "Member 4" not in page
    answer = visit("member 1").post(hand_over_url(deciding), {"to": str(member.pk)})
    assert answer.status_code == 422
    deciding.refresh_from_db()
    assert deciding.assigned_to is None


def test_a_task_is_handed_over(world: World, visit: Visit, deciding: Task) -> None:
    visit("member 1").post(claim_url(deciding))
    page = words(visit("member 1").get(hand_over_url(deciding)))
    assert "Who does it instead" in page
    to = world.people["member 2"]
    answer = visit("member 1").post(
        hand_over_url(deciding), {"to": str(to.pk), "note": "You know it"}, follow=True
    )
    assert "The task was handed to Member 2." in words(answer)
    deciding.refresh_from_db()
    assert (deciding.assigned_to, deciding.claimed_at) == (to, None)
    assert "A task was handed to you" in words(visit("member 2").get("/notices/"))


def test_a_task_that_is_done_is_done(world: World, visit: Visit, deciding: Task) -> None:
    request = BoardRequest.objects.get()
    world.do(request, "withdraw", "developer", "The investor left.")
    for answer in (
        visit("member 1").post(claim_url(deciding)),
        visit("member 1").get(hand_over_url(deciding)),
        visit("member 1").post(hand_over_url(deciding), {"to": str(world.people["member 2"].pk)}),
    ):
        assert answer.status_code == 409
        assert "This task is done already." in words(answer)


def test_the_only_holder_of_a_seat_keeps_the_task(world: World, visit: Visit) -> None:
    world.submitted(others=())
    task = Task.objects.get(what="Decide on the letter of approval")
    page = words(visit("dna BR").get(hand_over_url(task)))
    assert "cannot be handed over" in page or "Dna Br" in page
    assignment.assign_waiting(at=world.at)
    page = words(visit("dna BR").get(hand_over_url(task)))
    assert "Nobody else holds this seat without a conflict of interest, so it cannot be handed over." in page


def test_the_inbox_is_narrowed(world: World, visit: Visit) -> None:
    request = world.submitted_request(world.validated(others=()), "validator")
    task = Task.objects.get(machine_name="board_request", closed_at__isnull=True)
    assert task.due_on is not None
    what = "Check the request for completeness"
    secretary = visit("secretary")
    assert what in words(secretary.get(TASKS))
    assert what in words(secretary.get(f"{TASKS}?due=soon"))
    assert what not in words(secretary.get(f"{TASKS}?due=overdue"))
    assert what not in words(secretary.get(f"{TASKS}?due=none"))
    assert what not in words(secretary.get(f"{TASKS}?whose=mine"))
    assert what in words(secretary.get(f"{TASKS}?whose=free"))
    assert what in words(secretary.get(f"{TASKS}?whose=nonsense&due=nonsense"))
    world.on("2019-12-01")
    page = words(secretary.get(f"{TASKS}?due=overdue"))
    assert what in page
    assert "1 of the tasks below is overdue." in page
    assert request.get_absolute_url() in secretary.get(TASKS).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_tasks(world: World, visit: Visit) -> None:
    client = visit("dna BR")
    world.submitted(others=())
    client.get(TASKS)
    with CaptureQueriesContext(connection) as few:
        client.get(TASKS)
    for number in range(6):
        world.submitted(others=(), title=f"Wind farm {number}")
    with CaptureQueriesContext(connection) as many:
        page = words(client.get(TASKS))
    assert page.count("Decide on the letter of approval") >= 7
    assert len(many) <= len(few), (len(few), len(many))


def test_notices_are_read_one_by_one_or_all(world: World, visit: Visit) -> None:
    project = world.submitted(others=())
    world.approve(project)
    client = visit("developer")
    page = words(client.get("/notices/"))
    assert "Letter of approval issued: Brazil NovaGerar Landfill Gas to Energy Project" in page
    mine = Notice.objects.filter(user=world.people["developer"])
    unread = mine.filter(read_at__isnull=True).count()
    assert unread > 1
    first = mine.order_by("pk").first()
    assert first is not None
    answer = client.post(reverse("cdm:notice_read", args=[first.pk]))
    assert answer["Location"] == first.url
    assert mine.filter(read_at__isnull=True).count() == unread - 1
    assert first.sentence in words(client.get("/notices/"))
    client.post("/notices/read/")
    assert not mine.filter(read_at__isnull=True).exists()
    assert "You have read everything." in words(client.get("/notices/?show=unread"))


def test_the_notices_of_others_do_not_exist(world: World, visit: Visit) -> None:
    project = world.submitted(others=())
    world.approve(project)
    notice = Notice.objects.filter(user=world.people["developer"]).latest("pk")
    assert visit("validator").post(reverse("cdm:notice_read", args=[notice.pk])).status_code == 404
    assert visit("").post("/notices/read/").status_code == 302
    assert visit("developer").get("/notices/read/").status_code == 405
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_desks_follow_the_seats(world: World, visit: Visit) -> None:
    seats = {
        "member 1": ["Board"],
        "secretary": ["Secretariat", "Organisations and people"],
        "dna BR": ["My Party"],
        "developer": ["Accounts"],
        "administrator": ["Accounts", "Organisations and people"],
        "validator": ["My entity", "Accounts"],
    }
    everything = {label for labels in seats.values() for label in labels}
    for who, labels in seats.items():
        page = visit(who).get(TASKS).content.decode()
        tabs = page.split('aria-label="Your desks"')[1].split("</nav>")[0]
        for label in everything:
            assert (f">{label}" in tabs) is (label in labels), (who, label)


def test_a_person_with_two_seats_sees_both(world: World, visit: Visit) -> None:
    world.submitted(others=())
    user = world.people["dna BR"]
    body = world.organisations["secretary"]
    assert body.kind == Kind.SECRETARIAT
    people.grant_seat(user=user, organisation=body, by=world.people["administrator"], at=world.at)
    page = words(visit("dna BR").get(TASKS))
    assert "DNA of BR" in page
    assert "UNFCCC secretariat (Secretariat)" in page
    chosen = visit("dna BR").get(f"{TASKS}?organisation={body.pk}")
    assert "Decide on the letter of approval" not in words(chosen)

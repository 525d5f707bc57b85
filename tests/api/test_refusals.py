"""What is refused, and how it is said: problem documents with the sentences of the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cdm.acts import keys
from cdm.models import ApiKey, Record
from tests.api.conftest import Program, good, problem
from tests.given import World

pytestmark = pytest.mark.django_db
Programs = Callable[..., Program]


def test_nobody_signed_in_may_only_read(world: World, program: Programs) -> None:
    project = world.published()
    good(program().get(f"projects/{project.pk}/"))
    refused = program().post(f"projects/{project.pk}/moves/withdraw/", {"note": "No."})
    problem(refused, 401, "not-signed-in")
    assert refused["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer cdm_00000000_" + "x" * 43, "Bearer nonsense", "Token", "Bearer a b"]
)
def test_a_key_that_does_not_stand(world: World, header: str) -> None:
    problem(Client().get("/api/projects/", headers={"authorization": header}), 401, "not-signed-in")


def test_both_words_for_a_key_are_taken(world: World) -> None:
    _, text = keys.issue(name="report", by=world.people["developer"], at=world.at)
    for word in ("Bearer", "Token", "bearer"):
        answer = Client().get("/api/me/", headers={"authorization": f"{word} {text}"})
        assert good(answer)["seats"][0]["role"] == "participant"


def test_a_revoked_key_is_refused_at_once(world: World) -> None:
    user = world.people["developer"]
    key, text = keys.issue(name="report", by=user, at=world.at)
    headers = {"authorization": f"Bearer {text}"}
    good(Client().get("/api/me/", headers=headers))
    assert ApiKey.objects.get().last_used_at == world.at
    keys.revoke(key, by=user, at=world.at)
    problem(Client().get("/api/me/", headers=headers), 401, "not-signed-in")


def test_only_the_hash_of_a_key_is_kept(world: World) -> None:
    key, text = keys.issue(name="report", by=world.people["developer"], at=world.at)
    secret = text.rpartition("_")[2]
    assert all(secret not in str(value) for value in ApiKey.objects.values().get(pk=key.pk).values())
    assert all(secret not in record.canonical for record in Record.objects.all())


def test_a_person_who_left_has_no_key(world: World) -> None:
    user = world.people["developer"]
    _, text = keys.issue(name="report", by=user, at=world.at)
    user.is_active = False
    user.save()
    problem(Client().get("/api/me/", headers={"authorization": f"Bearer {text}"}), 401, "not-signed-in")


def test_a_key_for_reading_does_not_write(world: World, program: Programs) -> None:
    project = world.draft()
    reader = program("developer", may_write=False)
    good(reader.get(f"projects/{project.pk}/"))
    problem(reader.post(f"projects/{project.pk}/moves/submit/"), 403, "denied")
    project.refresh_from_db()
    assert project.state == "draft"


def test_a_session_needs_its_csrf_token(world: World) -> None:
    project = world.draft()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.people["developer"])
    good(browser.get(f"/api/projects/{project.pk}/"))
    address = f"/api/projects/{project.pk}/moves/submit/"
    problem(browser.post(address, {}, content_type="application/json"), 403, "denied")
    project.refresh_from_db()
    assert project.state == "draft"


def test_what_is_hidden_is_not_there(world: World, program: Programs) -> None:
    project = world.draft()
    stranger = program("dna HN")
    for path in ("", "history/", "documents/", "comments/", "findings/", "moves/"):
        problem(stranger.get(f"projects/{project.pk}/{path}"), 404, "not-found")
    problem(stranger.post(f"projects/{project.pk}/moves/submit/"), 404, "not-found")
    assert good(stranger.get("projects/"))["count"] == 0


def test_not_ones_seat(world: World, program: Programs) -> None:
    project = world.published()
    refused = problem(
        program("member 1").post(f"projects/{project.pk}/moves/withdraw/", {"note": "No."}), 403, "denied"
    )
    assert refused["detail"] == (
        "Only a participant of the project or a focal point that the statement of modalities names for it can do this. "
        "You do not hold that seat on this project."
    )


def test_not_possible_in_this_state(world: World, program: Programs) -> None:
    project = world.published()
    refused = problem(program("developer").post(f"projects/{project.pk}/moves/submit/"), 409, "not-open")
    assert "not possible now" in refused["detail"]


def test_a_move_of_the_clock_is_nobodys(world: World, program: Programs) -> None:
    project = world.published()
    developer = program("developer")
    problem(developer.post(f"projects/{project.pk}/moves/close_comments/"), 403, "denied")
    problem(developer.post(f"projects/{project.pk}/moves/fly/"), 404, "not-found")


def test_every_unmet_requirement_is_a_sentence_with_its_field(world: World, program: Programs) -> None:
    developer = program("developer")
    body = {"title": "A draft", "developer": world.organisations["developer"].pk}
    key = good(developer.post("projects/", body), 201)["id"]
    refused = problem(developer.post(f"projects/{key}/moves/submit/"), 422, "unmet")
    said = {one["field"]: one["sentence"] for one in refused["problems"]}
    assert said["activity#scale"] == "Say whether the project is large-scale or small-scale."
    assert said["estimates#estimates"] == "Fill in the table of estimated reductions."
    open_moves = {move["move"]: move for move in good(developer.get(f"projects/{key}/moves/"))}
    assert set(open_moves) == {"submit", "withdraw"}
    assert open_moves["submit"]["unmet"] == refused["problems"]


def test_what_is_asked_and_what_is_unmet_are_said_together(world: World, program: Programs) -> None:
    project = world.published()
    world.after_comments(project)
    answer = program("validator").post(f"projects/{project.pk}/moves/give_positive_opinion/")
    said = [one["sentence"] for one in problem(answer, 422, "unmet")["problems"]]
    assert said == ["Validation opinion: this is needed.", "Attach the validation report first."]


def test_a_stale_version(world: World, program: Programs) -> None:
    project = world.draft()
    developer = program("developer")
    etag = developer.get(f"projects/{project.pk}/")["ETag"]
    good(developer.patch(f"projects/{project.pk}/", {"title": "Another title"}, if_match=etag))
    refused = problem(developer.post(f"projects/{project.pk}/moves/submit/", {}, if_match=etag), 409, "stale")
    assert refused["detail"].startswith("You have changed this already")
    problem(developer.patch(f"projects/{project.pk}/", {"title": "Mine"}, if_match=etag), 409, "stale")
    problem(developer.patch(f"projects/{project.pk}/", {"title": "Mine"}, if_match="x"), 422, "unmet")
    now = developer.get(f"projects/{project.pk}/")["ETag"]
    good(developer.post(f"projects/{project.pk}/moves/submit/", {}, if_match=now))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "This is not JSON"),
        ("[]", "The body must be one JSON object."),
        ('{"note": NaN}', "NaN is not a JSON number."),
        ('{"note": "a", "note": "b"}', "a name stands twice"),
        ('{"note": ' + "[" * 5000 + "]" * 5000 + "}", "nested too deeply"),
        ('{"note": ' + "9" * 5000 + "}", "a number is too long"),
        (b'{"note": "\xff"}', "This is not JSON"),
    ],
)
def test_bodies_that_cannot_be_read(world: World, program: Programs, body: str | bytes, said: str) -> None:
    project = world.draft()
    developer = program("developer")
    answer = developer.client.post(
        f"/api/projects/{project.pk}/moves/withdraw/", body, content_type="application/json",
        headers=developer.headers,
    )  # fmt: skip
    assert said in problem(answer, 400, "malformed")["detail"]


def test_other_refusals_of_http(world: World, program: Programs) -> None:
    developer = program("developer")
    problem(developer.get("nothing/"), 404, "not-found")
    problem(developer.get("nothing"), 404, "not-found")
    problem(developer.send("delete", "projects/"), 405, "method-not-allowed")
    answer = developer.client.post(
        "/api/projects/", "a=b", content_type="text/plain", headers=developer.headers
    )
    problem(answer, 415, "unsupported-media-type")
    answer = developer.client.get("/api/projects/", headers=developer.headers | {"accept": "image/png"})
    problem(answer, 406, "not-acceptable")
    long = '{"title": "' + "x" * 6_000_000 + '"}'
    answer = developer.client.post(
        "/api/projects/", long, content_type="application/json", headers=developer.headers
    )
    problem(answer, 413, "too-large")


@pytest.mark.parametrize("key", [0, 10**6, 2**63, 10**30])
def test_numbers_that_nothing_has(world: World, program: Programs, key: int) -> None:
    for path in ("projects/{}/", "board-requests/{}/", "files/{}/", "registry/serials/BR/{}/"):
        problem(program("developer").get(path.format(key)), 404, "not-found")
    assert good(program("developer").get("projects/", limit=key, offset=key))["results"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [({"state": "flying"}, "state"), ({"reference": "x"}, "reference"), ({"reference": 10**30}, "reference"),
     ({"registered_from": "yesterday"}, "registered_from"), ({"title": "a\x00b"}, "title"),
     ({"scale": "tiny"}, "scale")],
)  # fmt: skip
def test_filters_that_mean_nothing(
    world: World, program: Programs, query: dict[str, object], field: str
) -> None:
    refused = problem(program().get("projects/", **query), 422, "unmet")
    assert refused["problems"][0]["field"] == field


@pytest.mark.parametrize("value", [-1, 1.5, "1,000", "1e3", True, None, 10**19, "", "²"])
def test_tonnes_are_whole(world: World, program: Programs, value: object) -> None:
    project = world.draft()
    body = {"estimates": [{"year": 2020, "baseline_t": value, "project_t": 0}]}
    refused = problem(program("developer").put(f"projects/{project.pk}/estimates/", body), 422, "unmet")
    assert refused["problems"][0]["field"] == "estimates.0.baseline_t"


def test_comments_are_throttled(world: World, program: Programs) -> None:
    project = world.published()
    said = {"name": "Ana", "email": "ana@example.org", "text": "No."}
    for number in range(20):
        good(program().post(f"projects/{project.pk}/comments/", said | {"text": f"{number}"}), 201)
    answer = program().post(f"projects/{project.pk}/comments/", said)
    problem(answer, 429, "throttled")
    assert int(answer["Retry-After"]) > 0

"""The page of a move: what it asks, why it refuses, that a refusal changes nothing, and that a stale form is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cdm.models import BoardRequest, LetterOfApproval, MonitoringPeriod, Project
from cdm.models.subject import Subject
from tests.given import World, pdf
from tests.web.reading import standing, words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]


def address(subject: Subject, move: str) -> str:
    return reverse("cdm:move", args=[subject.machine.name, subject.pk, move])


@pytest.fixture
def letter(world: World) -> LetterOfApproval:
    return world.submitted().letters.get(party="BR")


def issued_letter(version: int, **changed: object) -> dict[str, object]:
    """A complete letter as the form sends it."""
    return {
        "expected_version": version,
        "number": "BR/2019/1",
        "dated_on_day": "3",
        "dated_on_month": "6",
        "dated_on_year": "2019",
        "is_voluntary": "on",
        "contributes_to_sustainable_development": "yes",
        **changed,
    }


def test_a_move_is_made_and_said(world: World, visit: Visit, letter: LetterOfApproval) -> None:
    page = words(visit("dna BR").get(address(letter, "issue")))
    assert "Issue the letter of approval" in page
    assert "Rule: 3/CMP.1 annex, paras 28, 33 and 40(a)" in page
    asking = letter.project.participations.get(party="BR").organisation
    sent = issued_letter(letter.version, participants=[str(asking.pk)], letter=pdf("letter.pdf"))
    answer = visit("dna BR").post(address(letter, "issue"), sent, follow=True)
    assert "Letter of approval of Brazil: Letter of approval issued." in words(answer)
    letter.refresh_from_db()
    assert letter.state == "issued"
    assert [str(one) for one in letter.authorised.all()] == [str(asking)]
    assert letter.document is not None


def test_who_may_not_is_told_whose_it_is(world: World, visit: Visit, letter: LetterOfApproval) -> None:
    before = standing(letter)
    for who in ("developer", "dna NL", "secretary"):
        client = visit(who)
        assert client.get(address(letter, "issue")).status_code == 403
        answer = client.post(address(letter, "issue"), issued_letter(letter.version))
        assert answer.status_code == 403, who
        assert "Only the designated national authority of the Party concerned can do this." in words(answer)
    assert standing(letter) == before


def test_nobody_moves_without_signing_in(visit: Visit, letter: LetterOfApproval) -> None:
    answer = visit("").post(address(letter, "issue"), issued_letter(letter.version))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_what_is_hidden_does_not_exist(visit: Visit, letter: LetterOfApproval) -> None:
    before = standing(letter)
    assert visit("dna UG").post(address(letter, "issue"), issued_letter(letter.version)).status_code == 404
    assert visit("dna BR").get("/moves/no_machine/1/issue/").status_code == 404
    assert visit("dna BR").get(f"/moves/letter_of_approval/{letter.pk + 999}/issue/").status_code == 404
    assert standing(letter) == before


def test_a_move_of_another_state_is_not_possible(
    world: World, visit: Visit, letter: LetterOfApproval
) -> None:
    before = standing(letter)
    answer = visit("dna BR").post(address(letter, "withdraw"), {"note": "No longer"})
    assert answer.status_code == 409
    assert "it is in the state “Requested”" in words(answer)
    assert visit("dna BR").get(address(letter, "dance")).status_code == 409
    assert standing(letter) == before


def test_a_stale_form_is_told_who_was_first(world: World, visit: Visit) -> None:
    request = world.submitted_request(world.validated(others=()), "validator")
    old_version = request.version
    world.do(request, "pass_completeness", "secretary")
    before = standing(request)
    answer = visit("secretary").post(
        address(request, "return"), {"expected_version": old_version, "sections": ["a"], "reasons": "Late"}
    )
    assert answer.status_code == 409
    page = words(answer)
    assert "You have changed this already" in page
    assert "“Information and reporting check”" in page
    assert standing(request) == before


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"number": ""}, "Enter the number of the letter."),
        ({"is_voluntary": ""}, "Tick the box “Participation is voluntary” to continue."),
        ({"dated_on_year": "19"}, "Date of the letter: the year must have 4 digits, such as 2019."),
        ({"dated_on_day": "4"}, "The date of the letter lies in the future."),
        ({"contributes_to_sustainable_development": "no"}, "If it cannot, refuse the letter."),
        (
            {"letter": SimpleUploadedFile("letter.exe", b"MZ")},
            "“letter.exe” is not of a kind that can be kept.",
        ),
        ({"letter": SimpleUploadedFile("letter.pdf", b"")}, "the file is empty (0 bytes)"),
        (
            {"letter": SimpleUploadedFile("letter.pdf", b"not a pdf at all")},
            "“letter.pdf” is not a PDF file, whatever its name says.",
        ),
    ],
)
def test_bad_input_comes_back_with_its_sentence(
    visit: Visit, letter: LetterOfApproval, changed: dict[str, object], sentence: str
) -> None:
    before = standing(letter)
    answer = visit("dna BR").post(address(letter, "issue"), issued_letter(letter.version, **changed))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "govuk-error-summary" in answer.content.decode()
    # nothing that was typed is lost
    if "number" not in changed:
        assert 'value="BR/2019/1"' in answer.content.decode()
    assert standing(letter) == before


def test_only_the_host_is_asked_about_sustainable_development(world: World, visit: Visit) -> None:
    project = world.submitted()
    question = "assists the host Party in achieving sustainable development"
    for party, is_asked in (("BR", True), ("NL", False)):
        page = words(visit(f"dna {party}").get(address(project.letters.get(party=party), "issue")))
        assert (question in page) is is_asked


def test_a_required_note_is_required(visit: Visit, letter: LetterOfApproval) -> None:
    before = standing(letter)
    answer = visit("dna BR").post(
        address(letter, "refuse"), {"expected_version": letter.version, "note": " "}
    )
    assert answer.status_code == 422
    assert "Enter the reason." in words(answer)
    assert standing(letter) == before


def test_unmet_needs_are_sentences_with_the_way_to_mend_them(world: World, visit: Visit) -> None:
    period = in_verification(world)
    finding = world.finding(period, "verifier")
    answer = visit("verifier").get(address(period, "certify"))
    page = answer.content.decode()
    assert "Before you can do this" in page
    assert f"{finding} is open. Close it with a reason, or give a negative opinion." in words(answer)
    assert reverse("cdm:period_findings", args=[period.pk]) in page
    assert reverse("cdm:attach", args=["monitoring_period", period.pk]) in page
    before = standing(period)
    sent = {
        "verified_2": "10",
        "certified_2": "10",
        "opinion": "Verified",
        "expected_version": period.version,
    }
    answer = visit("verifier").post(address(period, "certify"), sent)
    assert answer.status_code == 422
    assert "Attach the verification and certification report first." in words(answer)
    assert standing(period) == before


@pytest.mark.parametrize(
    ("verified", "certified", "sentence"),
    [
        ("-5", "-5", "must be 0 or more"),
        ("10.5", "10.5", "must be a whole number without decimals"),
        ("many", "10", "must be a whole number, such as 67,303"),
        ("10", "9", "9 t are to be certified but 10 t were verified"),
        ("0", "0", "Nothing is certified. Give a negative opinion instead."),
    ],
)
def test_tonnes_are_whole_not_negative_and_certified_as_verified(
    world: World, visit: Visit, verified: str, certified: str, sentence: str
) -> None:
    period = in_verification(world)
    world.attach(period, "verification_report", "verifier")
    period.refresh_from_db()
    page = words(visit("verifier").get(address(period, "certify")))
    assert "The monitoring report says 10,000 t CO2e." in page
    before = standing(period)
    sent = {
        "verified_2": verified,
        "certified_2": certified,
        "opinion": "As in the report.",
        "expected_version": period.version,
    }
    answer = visit("verifier").post(address(period, "certify"), sent)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert standing(period) == before


def test_the_fee_of_2004_is_asked_for_exactly(world: World, visit: Visit) -> None:
    world.on("2004-06-01")
    request = world.request_for(world.validated(crediting_from="2004-07-01", others=()), "validator")
    world.do(request, "submit", "validator")
    assert request.state == "awaiting_fee"
    page = words(visit("secretary").get(address(request, "record_fee")))
    assert "USD 30,000 is due." in page
    before = standing(request)
    sent = {
        "expected_version": request.version,
        "amount_usd": "29,999",
        "paid_on_day": str(world.at.day),
        "paid_on_month": str(world.at.month),
        "paid_on_year": "2004",
        "bank_reference": "REF 1",
    }
    answer = visit("secretary").post(address(request, "record_fee"), sent)
    assert answer.status_code == 422
    assert "USD 29,999.00 is less than the USD 30,000.00 due." in words(answer)
    assert standing(request) == before
    answer = visit("secretary").post(address(request, "record_fee"), {**sent, "amount_usd": "30,000"})
    assert answer.status_code == 302
    request.refresh_from_db()
    assert request.state == "published"


def test_a_return_names_the_papers_of_its_kind(world: World, visit: Visit) -> None:
    request = world.submitted_request(world.validated(others=()), "validator")
    page = words(visit("secretary").get(address(request, "return")))
    assert "(d) Additionality" in page
    assert "Monitoring report" not in page
    answer = visit("secretary").post(
        address(request, "return"), {"expected_version": request.version, "reasons": "Incomplete"}
    )
    assert answer.status_code == 422
    assert "Select at least one of the sections that are incomplete or not in order." in words(answer)


def test_an_issuance_is_shown_before_it_is_made(world: World, visit: Visit) -> None:
    """NovaGerar's first amount: 67,303 gives 1,346 for adaptation and 65,957 for the participants."""
    request = instructed(world)
    page = words(visit("administrator").get(address(request, "issue")))
    assert "67,303" in page
    assert "the 1,346 lowest serials" in page
    assert "65,957" in page
    assert "This cannot be undone." in page
    assert "1,346" in words(visit("administrator").get(request.get_absolute_url()))
    before = standing(request)
    assert visit("member 1").post(address(request, "issue"), {}).status_code == 403
    assert standing(request) == before
    answer = visit("administrator").post(address(request, "issue"), {"expected_version": request.version})
    assert answer.status_code == 302
    page = words(visit("").get(request.get_absolute_url()))
    assert "BR 1-67303" in page
    assert "65,957 units wait in the pending account" in page
    again = visit("administrator").post(address(request, "issue"), {"expected_version": request.version})
    assert again.status_code == 409


def in_verification(world: World) -> MonitoringPeriod:
    world.on("2016-06-01")
    project = world.registered(others=(), yearly_t=10_000, crediting_from="2017-01-01")
    world.on("2018-02-01")
    return world.in_verification(project, "2017-01-01", "2017-12-31", {2: 10_000})


def instructed(world: World) -> BoardRequest:
    world.on("2004-06-01")
    project: Project = world.registered(started_on="2004-01-15", crediting_from="2004-07-01")
    world.on("2008-01-20")
    return world.instructed(world.certified(project, "2004-07-01", "2007-12-31", {1: 67_303}))

"""NovaGerar filed anew in a browser, in every seat in turn, from 2004 to 2008 under the modalities of 2005.

67,303 t certified for 2004-07-01 to 2007-12-31: 1,346 units for adaptation with the lowest serials, 65,957 in the
participant's account; the page, the API and the book agree.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitor import Visitor
from tests.house.sources import ROOT
from tests.processes import clean_environment
from tests.ready import write_database
from tests.start.test_up import Running, up

TITLE = "Brazil NovaGerar Landfill Gas to Energy Project"
DEVELOPER = "Beatriz Carvalho"
OTHER_PARTICIPANT = "Joris van Dijk"
HOST_AUTHORITY = "Helena Prado"
VALIDATOR = "Kristin Berg"
VERIFIER = "Andrew Pike"
SECRETARIAT = "Anna Kowalska"
BOARD_MEMBER = "Amina Diallo"
ADMINISTRATOR = "Elif Demir"
SECOND_ADMINISTRATOR = "Tomás Herrera"


@pytest.fixture
def registry(db: None, tmp_path: Path) -> Iterator[Running]:
    """The demonstration's people and no project, in January 2004, served as `up` serves it."""
    var = tmp_path / "var"
    write_database(var / "demonstration" / "cdm.sqlite3")
    # without it these tables would be taken for those of a load that was broken off
    (var / "demonstration" / "loaded").touch()
    with up(var, "--demo-date", "2004-01-05", "--cast-only") as running:
        yield running


@pytest.fixture
def visitor(registry: Running, chromium: Browser) -> Iterator[Visitor]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield Visitor(page, registry.url)
    context.close()


def test_from_the_draft_to_units_in_the_account(visitor: Visitor, registry: Running) -> None:
    file_the_project(visitor)
    give_the_letter(visitor)
    validate(visitor)
    say_who_speaks(visitor)
    register(visitor)
    verify(visitor)
    issue(visitor)
    forward(visitor)
    the_page_the_api_and_the_book_agree(visitor, registry)


def file_the_project(visitor: Visitor) -> None:
    visitor.sign_in(DEVELOPER)
    visitor.open("/")
    visitor.follow(re.compile("File a (new )?project"))
    visitor.fill("Title of the project activity", TITLE)
    visitor.choose(re.compile("participant|organisation", re.I), "NovaGerar Ecoenergia Ltda.")
    visitor.press("Open the draft")

    visitor.follow("Title, scale and type")
    visitor.choose("Scale", "Large scale")
    visitor.give_date("Start date of the project activity", dt.date(2003, 3, 1))
    visitor.fill("Expected operational lifetime", "21")
    visitor.press("Save and continue")

    visitor.select("Host Party", "Brazil")
    visitor.select(re.compile("Other Party involved , party 1"), "Netherlands")
    visitor.select(re.compile("Party asked to authorise it , participant 1"), "Brazil")
    visitor.select(
        re.compile("^Participant , participant 2"), "Netherlands Clean Development Mechanism Facility"
    )
    visitor.select(re.compile("Party asked to authorise it , participant 2"), "Netherlands")
    visitor.press("Save and continue")

    visitor.fill("Site , site 1", "Marambaia landfill")
    visitor.fill("Town, province or region , site 1", "Nova Iguaçu, Rio de Janeiro")
    visitor.fill(re.compile("Latitude"), "-22.66")
    visitor.fill(re.compile("Longitude"), "-43.47")
    visitor.press("Save and continue")

    visitor.fill("Methodology , methodology 1", "AM0003")
    visitor.fill("Version , methodology 1", "1")
    visitor.press("Save and continue")

    # a period over its maximum is refused with a sentence, and what was typed is still there
    visitor.choose("Kind of crediting period", "Renewable")
    visitor.give_date("First day of the crediting period", dt.date(2004, 7, 1))
    visitor.fill("Length", "8")
    visitor.press("Save and continue")
    visitor.sees(re.compile("at most 7 years"))
    visitor.fill("Length", "7")
    visitor.give_date("Last day of the crediting period", dt.date(2011, 6, 30))
    visitor.press("Save and continue")

    for year, tonnes in estimates().items():
        visitor.fill(re.compile(f"Baseline.*{year}"), str(tonnes))
        visitor.fill(re.compile(f"Project.*{year}"), "0")
        visitor.fill(re.compile(f"Leakage.*{year}"), "0")
    visitor.press("Save and continue")

    visitor.choose(re.compile("public money"), "No")
    visitor.press("Save and continue")
    for letter in "abcdefghij":
        expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(f"({letter})")
        visitor.page.get_by_role("main").locator("textarea").fill(
            f"What section ({letter}) of the document says."
        )
        visitor.press("Save and continue")
    visitor.follow("Continue: check and submit")
    visitor.sees("670,133")
    visitor.press(re.compile("Submit"))
    if visitor.page.get_by_role("button", name="Submit the project design document").count():
        visitor.press("Submit the project design document")
    visitor.sees("Awaiting approval by the host Party")


def estimates() -> dict[int, int]:
    """670,133 t a year for seven years from 1 July 2004: half in the first and the last calendar year."""
    half = 670_133 // 2
    return {2004: half, **dict.fromkeys(range(2005, 2011), 670_133), 2011: 670_133 - half}


def give_the_letter(visitor: Visitor) -> None:
    visitor.sign_in(HOST_AUTHORITY)
    visitor.task("Decide on the letter of approval")
    visitor.follow("Issue the letter of approval")
    visitor.fill("Number of the letter", "BR/2004/1")
    visitor.give_date("Date of the letter", dt.date(2004, 1, 5))
    visitor.tick("Participation is voluntary")
    visitor.choose(re.compile("sustainable development"), "Yes")
    visitor.choose(re.compile("Participants this letter authorises"), "NovaGerar Ecoenergia Ltda.")
    visitor.press("Issue the letter of approval")
    visitor.sees("Issued")


def validate(visitor: Visitor) -> None:
    visitor.sign_in(DEVELOPER)
    visitor.task("Engage a DOE to validate the project")
    visitor.follow(re.compile("Engage"))
    visitor.choose(re.compile("DOE|entity", re.I), "Det Norske Veritas Certification")
    visitor.press(re.compile("Engage"))

    visitor.sign_in(VALIDATOR)
    visitor.task("Publish the project design document for comments")
    visitor.follow("Publish the document for comments")
    visitor.press("Publish the document for comments")
    visitor.sees("Open for comments")
    # thirty days inclusive: 5 January is the first, 3 February the last
    visitor.sees("3 February 2004")
    move_to(visitor, dt.date(2004, 2, 4))
    visitor.task("Answer the comments, close the findings and give the validation opinion")
    visitor.follow(re.compile("Attach"))
    attach(visitor, "Validation report")
    visitor.follow("Give a positive validation opinion")
    visitor.fill("Validation opinion", "The project meets all requirements of validation.")
    visitor.press("Give a positive validation opinion")
    visitor.sees("Validated")


def attach(visitor: Visitor, kind: str) -> None:
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(re.compile("Attach"))
    if visitor.page.get_by_role("group", name="Kind of document").count():
        visitor.choose("Kind of document", kind)
    visitor.give_file(f"{kind}.pdf")
    visitor.press("Attach")
    visitor.sees(kind)


def say_who_speaks(visitor: Visitor) -> None:
    """The developer speaks for both participants; both sign the same text (rulebook 2.4)."""
    visitor.sign_in(DEVELOPER)
    visitor.open("/projects/")
    visitor.follow(re.compile("NovaGerar"))
    visitor.follow("Participants")
    visitor.follow("State the modalities of communication")
    # before February 2009 one rule for all matters
    visitor.sees("Written statement of modalities of communication")
    visitor.press("Put forward and sign")
    visitor.sees(re.compile("Still to sign: Netherlands Clean Development Mechanism Facility"))
    visitor.sign_in(OTHER_PARTICIPANT)
    visitor.task("Sign the statement of modalities of communication")
    visitor.follow(re.compile("^Read and sign for"))
    visitor.press("Sign this text")
    visitor.sees("In force")


def register(visitor: Visitor) -> None:
    visitor.sign_in(VALIDATOR)
    visitor.task("Request registration")
    visitor.press(re.compile("[Pp]repare"))
    visitor.follow("Submit the request")
    visitor.press("Submit the request")
    visitor.sees("Awaiting the registration fee")
    # the fixed scale before March 2006
    visitor.sees("30,000")

    move_to(visitor, dt.date(2004, 9, 22))
    visitor.sign_in(SECRETARIAT)
    visitor.open("/secretariat/reference-number/")
    visitor.fill(re.compile("number"), "8")
    visitor.fill(re.compile("Reason|Why"), "The numbers before it were given before this registry began")
    visitor.press(re.compile("Set|Save"))
    visitor.task("Record the registration fee when it has been received")
    visitor.follow("Record the registration fee")
    visitor.fill("Amount received in US dollars", "29999")
    visitor.give_date("Day it was received", dt.date(2004, 9, 22))
    visitor.fill("Bank reference", "UNFCCC 8")
    visitor.press("Record the registration fee")
    visitor.sees(re.compile("less than the USD 30,000"))
    visitor.fill("Amount received in US dollars", "30000")
    visitor.press("Record the registration fee")
    # eight weeks after the day of receipt, which is not counted
    visitor.sees("17 November 2004")
    move_to(visitor, dt.date(2004, 11, 18))
    visitor.open("/projects/")
    visitor.follow(re.compile("NovaGerar"))
    visitor.sees("Registered")
    visitor.sees("18 November 2004")
    visitor.sees("Project 0008")
    # crediting before registration, by the early-start rule
    visitor.sees(re.compile("1 July 2004"))


def verify(visitor: Visitor) -> None:
    move_to(visitor, dt.date(2008, 1, 21))
    visitor.sign_in(DEVELOPER)
    visitor.open("/projects/")
    visitor.follow(re.compile("NovaGerar"))
    visitor.follow(re.compile("Engage.*verif"))
    visitor.choose(re.compile("DOE|entity", re.I), "SGS United Kingdom")
    visitor.press(re.compile("Engage"))
    visitor.open("/projects/")
    visitor.follow(re.compile("NovaGerar"))
    visitor.follow(re.compile("[Oo]pen a monitoring period"))
    visitor.give_date(re.compile("First day"), dt.date(2004, 7, 1))
    visitor.give_date(re.compile("Last day"), dt.date(2007, 12, 31))
    visitor.press(re.compile("[Oo]pen"))
    visitor.follow(re.compile("[Ss]tate the reductions"))
    visitor.fill(re.compile("Reductions from 1 July 2004"), "67303")
    visitor.press(re.compile("Save|State"))
    visitor.follow(re.compile("Attach"))
    attach(visitor, "Monitoring report")
    visitor.follow("Hand the monitoring report to the DOE")
    visitor.press("Hand the monitoring report to the DOE")

    visitor.sign_in(VERIFIER)
    visitor.task("Publish the monitoring report")
    visitor.follow("Publish the monitoring report")
    visitor.press("Publish the monitoring report")
    visitor.follow(re.compile("Attach"))
    attach(visitor, "Verification and certification report")
    visitor.follow("Certify the verified reductions")
    visitor.fill(re.compile("Verified reductions"), "67303")
    visitor.fill(re.compile("Certified reductions"), "67302")
    visitor.fill("Verification opinion", "Verified by visit and records.")
    visitor.press("Certify the verified reductions")
    visitor.sees(re.compile("must be equal"))
    visitor.fill(re.compile("Certified reductions"), "67303")
    visitor.press("Certify the verified reductions")
    visitor.sees("Certified")


def issue(visitor: Visitor) -> None:
    visitor.task("Request issuance")
    visitor.follow(re.compile("[Pp]repare"))
    visitor.press("Prepare the request")
    visitor.follow("Submit the request")
    visitor.press("Submit the request")
    # 2005: fifteen days after receipt
    visitor.sees("5 February 2008")
    move_to(visitor, dt.date(2008, 2, 6))
    visitor.sign_in(BOARD_MEMBER)
    visitor.task("Approve the issuance and instruct the registry")
    visitor.follow("Approve and instruct the registry to issue")
    visitor.press("Approve and instruct the registry to issue")
    # the administrative share is covered by the fee paid in 2004
    visitor.sees("11,960.60")

    visitor.sign_in(ADMINISTRATOR)
    visitor.task("Issue the units")
    visitor.sees("1,346")
    visitor.sees("65,957")
    visitor.follow("Issue the units")
    visitor.press("Issue the units")
    visitor.sees("Issued")
    visitor.open("/registry/accounts/open/")
    visitor.select(re.compile("participant|organisation|Holder", re.I), "NovaGerar Ecoenergia Ltda.")
    visitor.select(re.compile("Party"), "Brazil")
    visitor.fill(re.compile("Reason|for"), "To receive the units of project 0008")
    visitor.press("Ask for the account")
    visitor.sign_in(SECOND_ADMINISTRATOR)
    visitor.open("/registry/accounts/")
    visitor.follow(re.compile("^Approve"))
    visitor.press("Approve")
    visitor.sees("NovaGerar Ecoenergia Ltda.")


def forward(visitor: Visitor) -> None:
    visitor.sign_in(DEVELOPER)
    visitor.open("/projects/")
    visitor.follow(re.compile("NovaGerar"))
    visitor.follow(re.compile("Request for issuance"))
    visitor.follow(re.compile("forward", re.I))
    visitor.holds(re.compile("^To NovaGerar"), "65,957")
    visitor.press("Ask for the forwarding and sign")
    visitor.sign_in(ADMINISTRATOR)
    visitor.task("Carry out the forwarding request")
    visitor.follow("Forward the units")
    visitor.press("Forward the units")
    visitor.sees("Forwarded")


def the_page_the_api_and_the_book_agree(visitor: Visitor, registry: Running) -> None:
    # the page
    visitor.sign_in(DEVELOPER)
    visitor.open("/registry/accounts/")
    visitor.sees("65,957")
    visitor.open("/projects/")
    visitor.follow(re.compile("NovaGerar"))
    visitor.follow("Monitoring and units")
    visitor.sees("BR-5-1-1346-1-1-0-8")
    visitor.sees("BR-5-1347-67303-1-1-0-8")
    visitor.sees("1,346")
    # the API
    answer = visitor.page.request.get(f"{registry.url}/api/registry/issuances/")
    [issuance] = answer.json()["results"]
    assert (issuance["first"], issuance["last"], issuance["adaptation_share"]) == ("1", "67303", "1346")
    assert issuance["waiting"] == "0"
    # the book
    assert verified_book(registry)["verified"] is True
    blocks = live_blocks(registry)
    assert blocks == [("adaptation_share", 1, 1_346), ("holding", 1_347, 67_303)]


def live_blocks(registry: Running) -> list[tuple[str, int, int]]:
    """Account type, first and last serial of every live block, from the database itself."""
    with sqlite3.connect(var_of(registry) / "demonstration" / "cdm.sqlite3") as database:
        return database.execute(
            "SELECT a.type, b.first, b.last FROM registry_block b JOIN registry_account a ON a.id = b.account_id "
            "WHERE b.spent_by_id IS NULL ORDER BY b.first"
        ).fetchall()


def verified_book(registry: Running) -> dict[str, object]:
    """What `manage.py verify_book --json` says of the same database, from outside."""
    ran = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "verify_book", "--json"],
        env=clean_environment(CDM_VAR=str(var_of(registry)), CDM_DEMONSTRATION="yes"),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def var_of(registry: Running) -> Path:
    return registry.log.parent / "var"


def move_to(visitor: Visitor, day: dt.date) -> None:
    """Move the demonstration's clock to the morning of a day, by its page; the clocks run on the way."""
    visitor.page.get_by_role("link", name="Move the date forward").click()
    visitor.give_date(re.compile("date|day", re.I), day)
    visitor.press(re.compile("Move to this day|Move the date"))
    expect(visitor.page.locator("header")).to_contain_text(f"{day:%-d %B %Y}")

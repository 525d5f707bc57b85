"""Every part of the design is drawn, documented, and says what it must in words."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
PARTS = sorted(path.stem for path in (ROOT / "templates" / "parts").glob("*.html"))
PAGES = ["/project/", "/form/", "/form/?sent=1", "/confirm/", "/sign-in/"]
REFUSALS = ["400", "403", "403_csrf", "404", "409", "422", "429", "500"]
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Page(HTMLParser):
    """Reads a page as a strict browser would: balanced tags, ids once, references that lead somewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.referred: set[str] = set()
        self.inline: list[str] = []
        self.headings: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)
        if "id" in found and "template" not in self.open:
            self.ids.append(found["id"] or "")
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            if "template" not in self.open:
                self.referred.update((found.get(name) or "").split())
        if tag == "a" and (found.get("href") or "").startswith("#"):
            self.referred.add((found["href"] or "")[1:])
        self.inline += [f"{tag} {name}" for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in found):
            self.inline.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"


@pytest.mark.parametrize("address", [*PAGES, *(f"/refused/{status}/" for status in REFUSALS)])
def test_a_page_is_sound(gallery: Client, address: str) -> None:
    answer = gallery.get(address)
    page = Page(answer.content.decode())
    assert page.open == []
    assert page.headings.count("h1") == 1
    assert page.headings.count("h1") + page.headings.count("h2") > 0
    assert sorted(page.ids) == sorted(set(page.ids))
    assert page.referred - set(page.ids) == set()
    assert page.inline == []
    assert "{%" not in answer.content.decode()
    assert "{{" not in answer.content.decode()


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_has_its_status_and_a_way_onward(gallery: Client, status: str) -> None:
    answer = gallery.get(f"/refused/{status}/")
    assert answer.status_code == int(status[:3])
    main = answer.content.decode().split("<main")[1].split("</main>")[0]
    assert "href=" in main


def test_a_refusal_says_the_sentence_it_is_given() -> None:
    for status in ("400", "403", "404", "409", "422", "429"):
        html = render_to_string(f"{status}.html", {"sentence": "The window closed on 15 July 2019."})
        assert "The window closed on 15 July 2019." in html


def test_every_part_is_documented_and_drawn(gallery: Client) -> None:
    documented = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "design.md").read_text()))
    assert set(PARTS) - documented == set()
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "tests/web/templates").rglob("*.html")]
    included = {
        name
        for path in templates
        if path.is_relative_to(ROOT / "tests")
        or path.name in {"base.html", "login.html"}
        or path.parent.name == "parts"
        for name in re.findall(r'include "parts/(\w+)\.html"', path.read_text())
    }
    assert set(PARTS) - included == set()


def test_stages_are_told_in_words() -> None:
    stages = [
        {"name": "Proposal", "state": "done", "note": "Submitted"},
        {"name": "Validation", "state": "current"},
        {"name": "Registration", "state": "failed", "note": "Rejected"},
        {"name": "Issuance", "state": "waiting"},
    ]
    html = render_to_string("parts/stepper.html", {"stages": stages})
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html.replace("aria-hidden", "")))
    assert "Done: Submitted" in said
    assert "Validation In progress" in said
    assert "Stopped: Rejected" in said
    assert "Issuance Not started" in said
    assert html.count('aria-current="step"') == 1


@pytest.mark.parametrize(
    ("kind", "last_day", "said"),
    [
        ("law", "2019-07-15", "Open until the end of 15 July 2019 27 days left"),
        ("law", "2019-06-18", "Last day today"),
        ("law", "2019-06-17", "Closed"),
        ("target", "2019-06-17", "due by 17 June 2019 1 day overdue"),
        ("", "2019-06-20", "Due by 20 June 2019 2 days left"),
    ],
)
def test_a_deadline_says_what_is_left(kind: str, last_day: str, said: str) -> None:
    html = render_to_string(
        "parts/deadline.html", {"last_day": last_day, "today": "2019-06-18", "kind": kind}
    )
    assert said in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_deadline_without_the_day_of_the_reader() -> None:
    assert "15 July 2019" in render_to_string("parts/deadline.html", {"last_day": "2019-07-15"})


def test_working_shows_each_step_and_the_sum(gallery: Client) -> None:
    html = gallery.get("/project/").content.decode()
    table = html.split('<div class="cdm-working">')[1].split("</div>")[0]
    for text in ("First 15,000 t at USD 0.10", "USD 1,500.00", "USD 132,526.60", "4/CMP.1 annex II, para 37"):
        assert text in table


def test_problems_lead_to_their_fields(gallery: Client) -> None:
    html = gallery.get("/form/?sent=1").content.decode()
    summary = html.split('class="govuk-error-summary"')[1].split("</ul>")[0]
    assert '<a href="#id_title">Enter the project title.</a>' in summary
    assert '<a href="#id_scale_0">Select the scale.</a>' in summary
    assert '<a href="#id_starts_on_0">Start of the crediting period must be a real date.</a>' in summary
    assert '<a href="#id_form-0-reductions">Row 1: Reductions must be 0 or more.</a>' in summary
    assert '<a href="/letters/">The letter of approval of Brazil is missing.</a>' in summary
    assert "<title>Error: Describe the project" in html
    clean = gallery.get("/form/").content.decode()
    assert "govuk-error-summary" not in clean
    assert "<title>Describe the project" in clean


def test_problems_may_be_sentences_pairs_or_objects() -> None:
    class Problem:
        sentence = "Enter the title."
        field = "title"

    html = render_to_string("parts/error_summary.html", {"problems": ["One.", ("Two.", "/two/"), Problem()]})
    assert "<li>One.</li>" in html
    assert '<a href="/two/">Two.</a>' in html
    assert '<a href="#id_title">Enter the title.</a>' in html


def test_text_from_people_is_escaped() -> None:
    wicked = "<script>alert(1)</script>"
    for part, context in {
        "table": {"caption": wicked, "columns": [{"label": wicked}], "rows": [[wicked], [{"text": wicked}]]},
        "summary_list": {"rows": [{"key": wicked, "value": wicked}]},
        "thread": {"thread": [{"author": wicked, "text": wicked, "at": None}]},
        "timeline": {"entries": [{"sentence": wicked, "note": wicked, "at": None}]},
        "error_summary": {"problems": [(wicked, wicked)]},
        "stepper": {"stages": [{"name": wicked, "state": "done", "note": wicked}]},
        "document_list": {"documents": [{"title": wicked, "kind_label": wicked}]},
    }.items():
        assert "<script>" not in render_to_string(f"parts/{part}.html", context), part


def test_the_demonstration_is_silent_outside_the_demonstration() -> None:
    html = render_to_string("403.html", {})
    assert "Demonstration" not in html
    html = render_to_string("403.html", {"demonstration": {"today": "2019-06-18", "control_url": "/clock/"}})
    assert "Today is" in html
    assert "18 June 2019" in html
    assert 'href="/clock/"' in html


def test_numbers_in_a_table_are_apart_and_to_the_right() -> None:
    html = render_to_string(
        "parts/table.html",
        {
            "caption": "Units",
            "columns": [{"label": "Account"}, {"label": "Units", "numeric": True}],
            "rows": [["Adaptation fund", 1346]],
            "footer": ["Together", 1346],
        },
    )
    assert html.count('<td class="govuk-table__cell govuk-table__cell--numeric">1,346') == 2
    assert '<th scope="row"' in html
    assert '<th scope="col" class="govuk-table__header govuk-table__header--numeric">Units</th>' in html

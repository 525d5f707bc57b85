"""The design in chromium: no accessibility violation, no sideways scrolling, nothing the policy refuses."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.web.conftest import serve_gallery

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as BrowserPage

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["project/", "form/", "form/?sent=1", "confirm/", "sign-in/", "refused/404/"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(settings: Settings, live_server: LiveServer) -> str:
    serve_gallery(settings)
    return str(live_server.url)


@pytest.fixture
def page(chromium: "Browser") -> Iterator["BrowserPage"]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def complaints(page: "BrowserPage") -> list[str]:
    """Collects what the page's console complains about, except the status of the page itself."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console",
        lambda message: (
            said.append(message.text)
            if message.type in {"error", "warning"} and "the server responded with" not in message.text
            else None
        ),
    )
    return said


def violations(page: "BrowserPage") -> list[Any]:
    found = page.evaluate(f"{AXE};axe.run(document, {{runOnly: {RULES}}})")["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_for_everyone(page: "BrowserPage", site: str, address: str) -> None:
    said = complaints(page)
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{site}/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
    assert said == []


def test_our_typeface_is_the_one_that_is_used(page: "BrowserPage", site: str) -> None:
    page.goto(f"{site}/project/")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"Public Sans\"', 'Nova Iguaçu')")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith(
        '"Public Sans"'
    )


def test_the_menu_folds_on_a_phone(page: "BrowserPage", site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{site}/project/")
    registry = page.get_by_role("link", name="Registry", exact=True)
    assert not registry.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert registry.is_visible()


def test_a_row_is_added_and_counted(page: "BrowserPage", site: str) -> None:
    page.goto(f"{site}/form/")
    page.get_by_role("button", name="Add a year").click()
    added = page.get_by_label("Reductions (t CO2e), year 3", exact=True)
    added.fill("12")
    assert added.get_attribute("name") == "form-2-reductions"
    assert page.locator("input[name=form-TOTAL_FORMS]").input_value() == "3"
    assert violations(page) == []


def test_the_skip_link_leads_to_the_content(page: "BrowserPage", site: str) -> None:
    page.goto(f"{site}/confirm/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def test_a_problem_leads_to_its_field(page: "BrowserPage", site: str) -> None:
    page.goto(f"{site}/form/?sent=1")
    page.get_by_role("link", name="Start of the crediting period must be a real date.").click()
    assert page.evaluate("document.activeElement.id") == "id_starts_on_0"


def test_htmx_swaps_and_says_when_it_cannot(page: "BrowserPage", site: str) -> None:
    said = complaints(page)
    page.goto(f"{site}/filter/")
    page.get_by_label("Stage").select_option("v")
    page.wait_for_url("**/filter/?*stage=v*")
    assert page.locator("#results").inner_text() == "Shown: v"
    page.get_by_label("Stage").select_option("gone")
    alert = page.locator("#cdm-alert")
    alert.get_by_text("Someone changed this while you had it open.").wait_for()
    assert page.locator("#results").inner_text() == "Shown: v"
    assert [sentence for sentence in said if "Error Code 409" not in sentence] == []

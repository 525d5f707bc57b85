"""One person at a browser, who reads labels and presses buttons; nothing here knows an address or a field's name."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@dataclass
class Visitor:
    """Drives one page of a running registry in the demonstration."""

    page: Page
    url: str

    def open(self, path: str = "/") -> None:
        self.page.goto(f"{self.url}{path}")

    def sign_in(self, name: str) -> None:
        """Sign in as somebody of the demonstration's list, with one click."""
        self.open("/")
        self.page.get_by_role("link", name=re.compile("Sign in as someone else|Sign in")).first.click()
        self.page.get_by_role("button", name=name).click()
        expect(self.page.get_by_role("banner")).to_contain_text(name)

    def follow(self, text: str | re.Pattern[str]) -> None:
        """Follow a link, also one that looks like a button."""
        main = self.page.get_by_role("main")
        main.get_by_role("link", name=text).or_(main.get_by_role("button", name=text)).first.click()

    def press(self, text: str | re.Pattern[str]) -> None:
        self.page.get_by_role("main").get_by_role("button", name=text).first.click()

    def fill(self, label: str | re.Pattern[str], text: str) -> None:
        self._box(label).fill(text)

    def holds(self, label: str | re.Pattern[str], text: str) -> None:
        """The box is filled in already, with this."""
        expect(self._box(label)).to_have_value(text)

    def choose(self, question: str | re.Pattern[str], answer: str) -> None:
        """Choose a radio button or tick a box inside a question."""
        self._group(question).get_by_label(answer).check()

    def tick(self, label: str | re.Pattern[str]) -> None:
        self.page.get_by_role("main").get_by_label(label).first.check()

    def select(self, label: str | re.Pattern[str], option: str) -> None:
        self._box(label).select_option(label=option)

    def give_date(self, question: str | re.Pattern[str], day: dt.date) -> None:
        boxes = self._group(question).get_by_role("textbox")
        expect(boxes).to_have_count(3)
        for box, number in zip(boxes.all(), (day.day, day.month, day.year), strict=True):
            box.fill(str(number))

    def give_file(self, name: str) -> None:
        self.page.locator("main input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": PDF}
        )

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def task(self, what: str) -> None:
        """Open a task from the inbox, as its person finds it."""
        self.page.get_by_role("navigation").get_by_role("link", name=re.compile("^Tasks")).first.click()
        self.follow(what)

    def _box(self, label: str | re.Pattern[str]) -> Locator:
        """A text box or a list to choose from, by its accessible name."""
        main = self.page.get_by_role("main")
        box = main.get_by_role("textbox", name=label, exact=isinstance(label, str))
        return box.or_(main.get_by_role("combobox", name=label, exact=isinstance(label, str))).first

    def _group(self, question: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("main").get_by_role("group", name=question).first

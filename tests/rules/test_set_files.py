"""A rule set is a file anyone can add; a file with a mistake is refused with its name, line and reason."""

from datetime import date
from decimal import Decimal

import pytest

from cdm.rules import sets
from cdm.rules.adaptation import adaptation_share, mitigation_cancellation
from cdm.rules.errors import RuleError, RuleFileError
from cdm.rules.money import administrative_share, registration_fee
from cdm.rules.windows import window
from tests.house.sources import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "mechanism" / "example-mechanism.toml"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / EXAMPLE.name).write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    yield tmp_path
    sets.built_in_only()


def book(folder, *, was="", becomes=""):
    """The built-in rules and the example with one text in it replaced."""
    path = folder / EXAMPLE.name
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    return sets.RuleBook([sets.FOLDER, folder])


def test_an_operator_adds_a_mechanism_without_touching_code(folder):
    sets.add_folder(folder)
    rules = sets.rule_set_on(date(2019, 5, 1), mechanism="example")
    assert rules.key == "example-2019"
    assert sets.rule_set_on(date(2019, 5, 1)).key == "project-cycle-2019"
    assert sets.all_sets()[-1] is sets.rule_set("example-2019")
    assert rules.name_of("board_member", "Board member") == "Council member"
    assert rules.name_of("public", "Public") == "Public"
    assert window(rules, "registration.request_for_review").last_day(date(2019, 5, 1)) == date(2019, 5, 14)
    assert rules.integer("crediting.fixed_years") == 10  # carried over from the set it is based on


def test_the_mechanism_has_its_own_shares_and_fees(folder):
    sets.add_folder(folder)
    rules, on = sets.rule_set("example-2019"), date(2019, 5, 1)
    share = adaptation_share(quantity=1000, host="BR", on=on, is_small_scale_afforestation=False, rules=rules)
    assert (share.units, share.rate_percent, share.rest) == (50, Decimal(5), 950)
    assert mitigation_cancellation(quantity=1000, on=on, rules=rules) == 20
    fee = registration_fee(
        average_annual_t=3000, requested_on=on, host="BR", registered_projects_in_host=50, rules=rules
    )
    assert fee.amount_usd == Decimal("550.00")  # 1,000 at 0.05 and 2,000 at 0.25
    levy = administrative_share(
        quantity=1500,
        already_requested_this_year=0,
        requested_on=on,
        host="BR",
        prepaid_usd=Decimal(0),
        rules=rules,
    )
    assert levy.amount_usd == Decimal("175.00")


def test_added_folders_are_forgotten_again(folder):
    sets.add_folder(folder)
    sets.built_in_only()
    with pytest.raises(RuleError):
        sets.rule_set("example-2019")


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(RuleError, match="does not exist"):
        sets.RuleBook([tmp_path / "nothing"])


LINES = EXAMPLE.read_text(encoding="utf-8").splitlines()


def line_with(text, nth=1):
    return [number for number, line in enumerate(LINES, start=1) if text in line][nth - 1]


@pytest.mark.parametrize(
    ("was", "becomes", "line", "reason"),
    [
        (
            'mechanism = "example"',
            'mechanism = "example"\ncolour = "red"',
            line_with("mechanism =") + 1,
            "“colour” is not known",
        ),
        ('key = "example-2019"', 'key = "Example 2019"', line_with("key ="), "small letters"),
        ('key = "example-2019"', 'key = "modalities-2005"', line_with("key ="), "already the key"),
        ('based_on = "project-cycle-2019"', 'based_on = "moon"', line_with("based_on"), "not a rule set"),
        (
            'based_on = "project-cycle-2019"',
            'based_on = "example-2019"',
            line_with("based_on"),
            "based on itself",
        ),
        ('based_on = "project-cycle-2019"\n', "", 1, "is missing: every rule set must state it"),
        ("valid_from = 2019-01-01", 'valid_from = "2019"', line_with("valid_from"), "must be a date"),
        ("valid_from = 2019-01-01\n", "", 1, "“valid_from” is missing"),
        (
            "valid_from = 2019-01-01",
            "valid_from = 2019-01-01\nvalid_until = 2018-01-01",
            line_with("valid_from") + 1,
            "is before",
        ),
        ('source = "Example Crediting Act, 2019"\n', "", 1, "“source” is missing"),
        (
            'source = "Example Crediting Act, section 20"\n',
            "",
            line_with('"share.adaptation_percent"'),
            "“source” is missing",
        ),
        (
            'source = "Example Crediting Act, section 20"',
            'source = " "',
            line_with("section 20"),
            "“source” is missing or empty",
        ),
        ("value = 5\n", 'value = "five"\n', line_with("value = 5"), "must be a number"),
        ("value = 5\n", "value = -5\n", line_with("value = 5"), "0 or more"),
        ("value = 5\n", "value = 105\n", line_with("value = 5"), "at most 100 per cent"),
        ("value = 5\n", "", line_with('"share.adaptation_percent"'), "needs a value"),
        ("value = 5\n", "none = true\n", line_with('"share.adaptation_percent"'), "must state it"),
        ("value = 500\n", "value = 500.5\n", line_with("value = 500"), "whole number"),
        (
            'unit = "per cent of the units issued"',
            'unit = "permille"',
            line_with("unit = ", 3),
            "the unit of “share.adaptation_percent” must be “per cent of the units issued”",
        ),
        (
            '"share.adaptation_percent"',
            '"share.adaption"',
            line_with('"share.adaptation_percent"'),
            "is not a",
        ),
        (
            "value = 5\n",
            'value = 5\nnote = "x"\n',
            line_with("value = 5") + 1,
            "“note” is not known in a parameter",
        ),
        ("days = 14,", "day = 14,", line_with("days = 14"), "“day” is not known"),
        ("days = 14,", "days = 0,", line_with("days = 14"), "1 or more"),
        ("days = 14,", "days = 14, months = 1,", line_with("days = 14"), "either days or months"),
        ('kind = "law"', 'kind = "wish"', line_with("days = 14"), '"law" or "target"'),
        ("inclusive = true", 'inclusive = "yes"', line_with("days = 14"), "true or false"),
        ('value = "open"', 'value = "shut"', line_with('value = "open"'), "one of open, provisional, closed"),
        ("{ usd = 0.25 }", "{ up_to = 9, usd = 0.25 }", line_with("usd = 0.25"), "last row has no upper end"),
        ("{ usd = 0.25 }", "{ euro = 0.25 }", line_with("usd = 0.25"), "“euro” is not known"),
        ('confidence = "read in a text"', 'confidence = "sure"', line_with("confidence"), "not a confidence"),
        ('board_member = "Council', 'chairman = "Council', line_with("board_member"), "is not a role"),
        ('secretariat = "Mechanism office"', "secretariat = 7", line_with("secretariat ="), "must be a text"),
        ("[names]", "[names", line_with("[names]"), "not TOML"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_reason(folder, was, becomes, line, reason):
    with pytest.raises(RuleFileError) as told:
        book(folder, was=was, becomes=becomes)
    assert str(told.value).startswith(f"example-mechanism.toml, line {line}: ")
    assert reason in told.value.reason


def test_two_sets_of_one_mechanism_may_not_overlap(folder):
    with pytest.raises(RuleFileError, match="still applies: the two sets overlap") as told:
        book(folder, was='mechanism = "example"', becomes='mechanism = "cdm"')
    assert told.value.line == line_with("valid_from")


def test_time_may_not_have_a_gap(folder):
    first = (folder / EXAMPLE.name).read_text(encoding="utf-8")
    earlier = first.replace("example-2019", "example-2015").replace(
        "valid_from = 2019-01-01", "valid_from = 2015-01-01\nvalid_until = 2018-12-30"
    )
    (folder / "earlier.toml").write_text(earlier, encoding="utf-8")
    with pytest.raises(RuleFileError, match="no set applies from 31 December 2018 on"):
        sets.RuleBook([sets.FOLDER, folder])


ROW = """
[[parameter."share.mitigation_percent"]]
{days}
value = 2
unit = "per cent of the units issued"
source = "Act"
confidence = "read in a text"
words = "Two per cent."
"""


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("until = 2025-12-31", "from = 2025-12-31", "has two values on 31 December 2025"),
        ("until = 2025-12-30", "from = 2026-01-01", "has no value from 31 December 2025 on"),
        ("until = 2025-12-30", "until = 2026-12-30", "has two values on 1 January 2019"),
        (
            "until = 2025-12-31",
            "from = 2026-01-01\nuntil = 2027-01-01",
            "has no value from 2 January 2027 on",
        ),
        ("from = 2019-01-02", "from = 2026-01-01", "has no value from 1 January 2019 on"),
        ("from = 2026-01-01\nuntil = 2025-01-01", "from = 2026-01-01", "until is before from"),
    ],
)
def test_values_that_change_must_cover_every_day_once(folder, first, second, reason):
    path = folder / EXAMPLE.name
    head, _, tail = path.read_text(encoding="utf-8").partition('[parameter."share.mitigation_percent"]')
    rest = tail[tail.index('[parameter."fee.administrative"]') :]
    path.write_text(head + ROW.format(days=first) + ROW.format(days=second) + rest, encoding="utf-8")
    with pytest.raises(RuleFileError, match=reason) as told:
        sets.RuleBook([sets.FOLDER, folder])
    assert told.value.line > 1


def test_a_wrong_file_leaves_the_rules_as_they_were(folder):
    (folder / "broken.toml").write_text("key = ", encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"broken\.toml, line 1: this is not TOML"):
        sets.add_folder(folder)
    assert sets.all_sets() == sets.ALL

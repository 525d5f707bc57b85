"""Methodologies, scopes, grounds for review, the design document, small scale, glossary. Rulebook 1 and 5."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cdm.rules import design_document, glossary, methodologies, review, scopes, small_scale
from cdm.rules.errors import NoSuchRule, RuleError, RuleFileError
from cdm.rules.sets import rule_set
from cdm.rules.tables import lines


@pytest.mark.parametrize(
    ("code", "numbers", "scale"),
    [
        ("AM0003", (13,), "large"),
        ("ACM0002", (1,), "large"),
        ("AMS-I.D", (1,), "small"),
        ("AMS-I.D.", (1,), "small"),
        ("ACM0001", (1, 13), "large"),
        ("AR-AMS0007", (14,), "small"),
        ("AM0001", (11,), "large"),
    ],
)
def test_methodologies_of_the_demonstration_have_scopes(code, numbers, scale):
    found = methodologies.methodology(code)
    assert (found.sectoral_scopes, found.scale) == (numbers, scale)


def test_the_whole_list_is_usable():
    assert len(methodologies.ALL) == 265
    for each in methodologies.ALL:
        assert each.title and not each.title.startswith("[")
        assert each.sectoral_scopes
        assert each.source
        assert each.is_afforestation == each.code.startswith("AR-") == (each.sectoral_scopes == (14,))


def test_withdrawn_ones_name_their_successors():
    assert methodologies.methodology("AM0003").status == "withdrawn"
    assert methodologies.methodology("AM0003").successors == ("ACM0001",)
    assert methodologies.methodology("AM0012").successors == ("ACM0022", "AM0025")
    assert sum(each.status == "withdrawn" for each in methodologies.ALL) == 42


def test_that_scopes_are_remembered_is_said():
    assert all(not each.scopes_confidence.is_certain for each in methodologies.ALL)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("AM0003", ("AM0003", "")),
        ("AMS-I.D. ver. 4", ("AMS-I.D", "4")),
        ("AMS-III.AU version 4.0", ("AMS-III.AU", "4.0")),
        ("ACM0002 ver. 12", ("ACM0002", "12")),
        ("AR-AMS0007 ver. 3.0.1", ("AR-AMS0007", "3.0.1")),
        ("AMS-II.D.", ("AMS-II.D", "")),
    ],
)
def test_codes_and_versions_are_read(text, parsed):
    assert methodologies.parse(text) == parsed


@pytest.mark.parametrize(
    "text", ["", "AM003", "AMS-IV.A", "AMS-I.ABC", "acm0002", "NM0001", "AM0003; DROP", "AM00031"]
)
def test_what_is_no_code_is_refused(text):
    assert not methodologies.is_code(text)
    with pytest.raises(RuleError, match="is not a methodology"):
        methodologies.parse(text)


def test_new_methodologies_and_versions_have_their_grammar():
    assert methodologies.is_new_methodology_case("NM0005")
    assert not methodologies.is_new_methodology_case("NM5")
    assert methodologies.is_version("3.0.1") and not methodologies.is_version("3.0.1.2")
    assert not methodologies.is_version("v3")


def test_what_is_wrong_with_a_choice_of_methodology():
    right = methodologies.problems("ACM0002", "20.0", scale="large", is_afforestation=False)
    assert right == []
    assert methodologies.problems("ACM0002", "", scale="small", is_afforestation=False) == []
    for given, sentence in [
        (("AM9999", "", "large", False), "not a methodology of the list"),
        (("ACM0002", "twenty", "large", False), "not a version"),
        (("AMS-I.D", "18", "large", False), "for small-scale projects"),
        (("ACM0002", "20", "large", True), "is not for afforestation"),
        (("AR-ACM0003", "2.0", "large", False), "is only for afforestation"),
    ]:
        code, version, scale, is_afforestation = given
        told = methodologies.problems(code, version, scale=scale, is_afforestation=is_afforestation)
        assert sentence in told[0]


def test_every_real_project_uses_a_methodology_of_the_list():
    """8,237 projects, where the real data is at hand beside the project."""
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "cdm_projects" / "projects.csv"
    if not path.exists():
        print(f"not compared: {path} is not here; docs/rules.md says what it is")
        return
    with path.open(encoding="utf-8", newline="") as file:
        used = {text.strip() for row in csv.DictReader(file) for text in row["methodologies"].split("/")}
    assert len(used) > 400
    for text in used - {""}:
        assert methodologies.methodology(methodologies.parse(text)[0])


def test_the_sixteen_sectoral_scopes():
    assert list(scopes.SECTORAL_SCOPES) == list(range(1, 17))
    assert scopes.scope_name(13) == "Waste handling and disposal"
    assert scopes.in_words([13, 1]).startswith("1 Energy industries")
    with pytest.raises(NoSuchRule, match="no sectoral scope 17"):
        scopes.scope_name(17)


def test_a_methodology_with_several_scopes_needs_all():
    assert scopes.missing((1, 13), (1, 2, 13)) == ()
    assert scopes.missing((1, 13), (1,)) == (13,)


def test_grounds_for_review_by_rule_set():
    old, new = rule_set("modalities-2005"), rule_set("project-cycle-2019")
    assert [each.code for each in review.grounds(old, "issuance")] == ["fraud", "malfeasance", "incompetence"]
    assert len(review.grounds(new, "issuance")) == 9
    for rules in (old, new):
        found = review.grounds(rules, "registration")
        assert [each.source.split("para ")[1][:5] for each in found][:7] == [
            f"37({letter})" for letter in "abcdefg"
        ]
        assert sum("40(" in each.source for each in found) == 7
    assert review.grounds(new, "renewal") == review.grounds(new, "registration")
    with pytest.raises(RuleError, match="cannot be reviewed"):
        review.grounds(new, "lunch")


def test_three_members_or_one_party():
    for key in ("modalities-2005", "project-cycle-2019"):
        rules = rule_set(key)
        assert (review.min_members(rules), review.parties_suffice(rules)) == (3, 1)
        assert not review.is_triggered(rules, members=2, parties=0)
        assert review.is_triggered(rules, members=3, parties=0)
        assert review.is_triggered(rules, members=0, parties=1)


def test_grounds_that_are_not_permitted():
    old = rule_set("modalities-2005")
    assert review.ground_problems(old, "issuance", ["fraud"]) == []
    assert "at least one ground" in review.ground_problems(old, "issuance", [])[0]
    assert "not a permitted ground" in review.ground_problems(old, "issuance", ["certification"])[0]


def test_the_document_has_sections_a_to_j_all_required():
    assert [each.letter for each in design_document.SECTIONS] == list("abcdefghij")
    assert all(each.is_required and each.guidance and each.title for each in design_document.SECTIONS)
    assert len({each.key for each in design_document.SECTIONS}) == 10
    numbers = [part.number for part in design_document.section("calculations").parts]
    assert numbers == ["i", "ii", "iii", "iv", "v", "vi", "vii"]
    assert design_document.section("f").source == "3/CMP.1 annex, appendix B, para 2(f)"
    with pytest.raises(NoSuchRule):
        design_document.section("k")


def test_empty_sections_are_found():
    filled = {each.key: "text" for each in design_document.SECTIONS}
    assert design_document.missing(filled) == []
    told = design_document.missing(filled | {"additionality": "  "} | {"references": ""})
    assert [each.letter for each in told] == ["d", "j"]


@pytest.mark.parametrize(
    ("kind", "amount", "on", "is_thermal", "fits"),
    [
        ("I", "15", date(2019, 1, 1), False, True),
        ("I", "15.01", date(2019, 1, 1), False, False),
        ("I", "45", date(2019, 1, 1), True, True),
        ("II", "15", date(2006, 11, 16), False, True),
        ("II", "16", date(2006, 11, 16), False, False),
        ("II", "60", date(2006, 11, 17), False, True),
        ("II", "180", date(2019, 1, 1), True, True),
        ("II", "60.5", date(2019, 1, 1), False, False),
        ("III", "15", date(2005, 1, 1), False, True),
        ("III", "60", date(2005, 1, 1), False, False),
        ("III", "60", date(2019, 1, 1), False, True),
        ("AR", "8", date(2007, 12, 14), False, True),
        ("AR", "16", date(2007, 12, 14), False, False),
        ("AR", "16", date(2007, 12, 15), False, True),
    ],
)
def test_limits_of_small_scale(kind, amount, on, is_thermal, fits):
    told = small_scale.problem(kind, Decimal(amount), on=on, is_thermal=is_thermal)
    assert (told == "") is fits
    if not fits:
        assert "Declare the project large-scale" in told


def test_types_and_sizes_that_cannot_be():
    with pytest.raises(RuleError, match="not a type"):
        small_scale.limit("IV", on=date(2019, 1, 1))
    with pytest.raises(RuleError, match="not a size"):
        small_scale.problem("I", Decimal(-1), on=date(2019, 1, 1))


@pytest.mark.parametrize(("kind", "most"), [("I", 5), ("II", 20), ("III", 20)])
def test_micro_scale(kind, most):
    assert small_scale.is_micro_scale(kind, Decimal(most), on=date(2019, 1, 1))
    assert not small_scale.is_micro_scale(kind, Decimal(most) + 1, on=date(2019, 1, 1))
    assert not small_scale.is_micro_scale(kind, Decimal(1), on=date(2008, 1, 1))
    assert not small_scale.is_micro_scale("AR", Decimal(1), on=date(2019, 1, 1))


@pytest.mark.parametrize(
    ("annual", "scale", "is_micro", "percent"),
    [
        (500_001, "large", False, "0.5"),
        (500_000, "large", False, "1"),
        (300_001, "large", False, "1"),
        (300_000, "large", False, "2"),
        (20_000, "small", False, "5"),
        (20_000, "small", True, "10"),
    ],
)
def test_materiality(annual, scale, is_micro, percent):
    given = {"annual_t": annual, "scale": scale, "is_micro": is_micro}
    assert small_scale.materiality_percent(**given, on=date(2019, 1, 1)) == Decimal(percent)
    assert small_scale.materiality_percent(**given, on=date(2011, 12, 10)) is None


def test_the_glossary_has_three_languages():
    assert glossary.term("host Party").nb == "vertspart"
    assert glossary.term("certified emission reduction").da == "certificeret emissionsreduktion"
    assert glossary.term("certified emission reduction (CER)").en.startswith("certified")
    assert len(glossary.ALL) == 51
    with pytest.raises(NoSuchRule):
        glossary.term("moonshine")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("code,nam\n", 1, "the header must be code,name"),
        ("code,name\nBR\n", 2, "the row has 1 cells"),
        ("code,name\nBR,Brazil\nHN,\n", 3, "“name” is empty"),
    ],
)
def test_a_file_of_facts_with_a_mistake_is_told_with_its_line(tmp_path, text, line, reason):
    path = tmp_path / "facts.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError, match=reason) as told:
        [each.text("name") for each in lines(path, ("code", "name"))]
    assert told.value.line == line

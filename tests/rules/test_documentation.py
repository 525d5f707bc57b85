"""docs/rules.md tells the truth: every parameter with its unit, every set with its days."""

from pathlib import Path

from cdm.rules import sets
from cdm.rules.confidence import Confidence
from cdm.rules.days import in_words
from cdm.rules.schema import PARAMETERS, WINDOW_NAMES

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
LINES = TEXT.splitlines()


def test_every_parameter_is_listed_with_its_unit():
    wanted = {key: spec for key, spec in PARAMETERS.items() if spec.kind != "window"}
    listed = {
        line.split("`")[1]: line for line in LINES if line.startswith("| `") and "." in line.split("`")[1]
    }
    assert {key for key in listed if key in wanted} == set(wanted)
    for key, spec in wanted.items():
        end = f"| {spec.unit} | {'yes' if spec.required else ''} |"
        assert listed[key].endswith(end), key


def test_every_window_is_listed():
    assert [line[len("- `window.") : -1] for line in LINES if line.startswith("- `window.")] == list(
        WINDOW_NAMES
    )


def test_every_set_is_listed_with_its_first_day():
    for each in sets.ALL:
        row = next(line for line in LINES if line.startswith(f"| `{each.key}` |"))
        assert in_words(each.valid_from) in row
        if each.valid_until is not None:
            assert in_words(each.valid_until) in row


def test_every_confidence_is_explained():
    for each in Confidence:
        assert f"| `{each.value}` | {each.tag} |" in LINES

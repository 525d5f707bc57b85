"""What the pages load: vendored with its licence, whole, and nobody else's identity."""

import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "cdm" / "static" / "cdm"


def test_everything_the_stylesheet_asks_for_is_here() -> None:
    sheet = STATIC / "css" / "cdm.css"
    asked = re.findall(r'url\("?([^")]+)"?\)', sheet.read_text())
    assert len(asked) == 3
    assert [name for name in asked if not (sheet.parent / name).resolve().is_file()] == []


def test_no_script_asks_for_a_source_map() -> None:
    assert [path.name for path in STATIC.rglob("*.js") if "sourceMappingURL" in path.read_text()] == []


def test_every_vendored_thing_lies_beside_its_licence() -> None:
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert {path.name for path in folders} == {"govuk-frontend", "htmx", "public-sans"}
    assert all((path / "LICENSE.txt").stat().st_size > 400 for path in folders)


def test_the_identity_is_our_own() -> None:
    sheet = (STATIC / "css" / "cdm.css").read_text()
    assert "Public Sans" in sheet
    for foreign in ("GDS Transport", "govuk-crest", "url(/assets/"):
        assert foreign not in sheet
    fonts = {path.name for path in STATIC.rglob("*.woff*")}
    assert all(name.startswith("public-sans") for name in fonts)

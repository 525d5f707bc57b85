"""Spreadsheets as participants make them: a heading, a table of years, totals at the end, a period on the cover."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from cdm.presubmission.figures import Figures, figures_in
from cdm.presubmission.spreadsheet import sheets_of

Rows = Iterable[Iterable[Any]]


def xlsx(**sheets: Rows) -> bytes:
    """The bytes of an .xlsx file; a text beginning with “=” becomes a formula without a kept result."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def uploaded(name: str, **sheets: Rows) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, xlsx(**sheets))


def read(**sheets: Rows) -> Figures:
    content = xlsx(**sheets)
    found, remark = sheets_of(io.BytesIO(content), len(content))
    assert remark == ""
    return figures_in(found)


def estimates(
    yearly: dict[int, float], *, total: float | str, average: float | str | None = None
) -> list[list[Any]]:
    """The table of an ex-ante calculation: four columns a year, the total and the average below."""
    rows: list[list[Any]] = [
        ["Ex-ante calculation of emission reductions"],
        [],
        ["Year", "Baseline emissions (tCO2e)", "Project emissions (tCO2e)", "Emission reductions (tCO2e)"],
    ]
    rows += [[year, value + 1000, 1000, value] for year, value in yearly.items()]
    rows.append(["Total (tCO2e)", None, None, total])
    if average is not None:
        rows.append(["Annual average over the crediting period", None, None, average])
    return rows


def monitored(
    first: dt.date | str,
    last: dt.date | str,
    total: float | str,
    label: str = "Total emission reductions (tCO2e)",
) -> list[list[Any]]:
    """The summary sheet of a monitoring report's spreadsheet."""
    return [
        ["Monitoring period", first, "to", last],
        ["Electricity exported to the grid", 182_400, "MWh"],
        ["Total baseline emissions", 99_000, "tCO2e"],
        [label, total, "tCO2e"],
    ]

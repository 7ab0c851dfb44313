"""Tables for spreadsheets: CSV and XLSX that open right in a German Excel and carry no formulas."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# Local wall-clock times are given without a zone: a spreadsheet knows none.
Cell = str | int | datetime | None

MAX_CELL = 32_767  # characters; Excel reads no more
_FORMULA_STARTS = "=+-@"
_INVISIBLE = re.compile(r"^[\s\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS = re.compile(r"\r\n?")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet may calculate *text*, also behind blanks and in full-width characters."""
    if text[:1] in {"\t", "\n"}:
        return True
    start = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)[:1])
    return start[:1] != "" and start[0] in _FORMULA_STARTS


def clean(text: str) -> str:
    """*text* without what no spreadsheet can hold; line breaks as one character."""
    return _NOT_IN_XML.sub("", _LINE_BREAKS.sub("\n", text))[:MAX_CELL]


def csv_text(cell: Cell) -> str:
    """How *cell* stands in a CSV file: an apostrophe in front of what could be calculated.

    That also keeps "+49 231 …" readable, which Excel would turn into a number.
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, int):
        return str(cell)
    text = clean(cell)
    return f"'{text}" if looks_like_formula(text) else text


def csv_file(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file in pieces: UTF-8 with a byte order mark, semicolons, Windows line ends."""
    yield b"\xef\xbb\xbf"
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=";", quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n").writerow(
            csv_text(cell) for cell in row
        )
        yield line.getvalue().encode()


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook; its first row is the heading. Widths in characters."""

    title: str
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


def xlsx_file(*sheets: Sheet) -> io.BytesIO:
    """A workbook: first rows frozen and bold, texts written as texts."""
    # Here, not above: five megabytes that only an export needs.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    workbook = Workbook(write_only=True)
    for content in sheets:
        sheet = workbook.create_sheet(_sheet_title(content.title))
        sheet.freeze_panes = "A2"
        for position, width in enumerate(content.widths, start=1):
            sheet.column_dimensions[get_column_letter(position)].width = width
        for number, row in enumerate(content.rows):
            sheet.append([_xlsx_cell(sheet, cell, bold=number == 0) for cell in row])
    stream = io.BytesIO()
    workbook.save(stream)
    stream.seek(0)
    return stream


def _xlsx_cell(sheet: Any, cell: Cell, *, bold: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    if cell is None or (isinstance(cell, int) and not bold):
        return cell
    made = WriteOnlyCell(sheet)
    if isinstance(cell, datetime):
        made.value = cell
        made.number_format = "DD.MM.YYYY HH:MM"
        return made
    text = clean(str(cell))
    made.value = text
    # Whatever openpyxl makes of "=…" or "#N/A": it is a text, and stays one when edited in Excel.
    made.data_type = "s"
    if looks_like_formula(text):
        made.quotePrefix = True
    if bold:
        made.font = Font(bold=True)
    return made


def _sheet_title(title: str) -> str:
    # Excel allows 31 characters and none of []:*?/\ ; nor an apostrophe at either end.
    allowed = re.sub(r"[\[\]:*?/\\]", " ", clean(title)).strip().strip("'")
    return allowed[:31].strip().strip("'") or "Export"

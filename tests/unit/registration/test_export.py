"""Exported tables: read back by other readers, nothing in them is a formula."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.registration.domain.export import Sheet, clean, csv_file, csv_text, xlsx_file

ANY_TEXT = st.text(max_size=60) | st.builds(
    lambda blank, start, rest: blank + start + rest,
    st.sampled_from(["", " ", "\t", "\u00a0", "\u200b", "\ufeff"]),
    st.sampled_from(list("=+-@＝＋－＠﹢⁺#'\"")),
    st.text(max_size=20),
)


def read_csv(rows: list[list[object]]) -> list[list[str]]:
    text = b"".join(csv_file(rows)).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def read_xlsx(rows: list[list[object]]) -> list[list[object]]:
    stream = xlsx_file(Sheet("Liste", rows))  # type: ignore[arg-type]
    return [[cell for cell in row] for row in load_workbook(stream).active.iter_rows()]  # noqa: C416


@given(ANY_TEXT)
def test_a_csv_cell_is_the_text_or_the_text_behind_an_apostrophe(text: str) -> None:
    ((read,),) = read_csv([[text]]) if clean(text) else [[""]]

    assert read in {clean(text), "'" + clean(text)}
    assert read[:1] not in set("=+-@\t\r＝＋－＠")


@given(ANY_TEXT)
def test_an_xlsx_cell_is_the_text_and_never_a_formula(text: str) -> None:
    cell = read_xlsx([["Kopf"], [text + "x"]])[1][0]

    assert cell.data_type == "s"
    assert cell.value == clean(text + "x")


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-2", "\t=1", " =1", "＝1", "\u200b+1"])
def test_what_could_be_calculated_gets_an_apostrophe_in_csv(text: str) -> None:
    assert csv_text(text) == "'" + text


def test_a_telephone_number_stays_readable_in_both() -> None:
    number = "+49 231 5550123"

    assert read_csv([[number]]) == [["'+49 231 5550123"]]
    assert read_xlsx([["Telefon"], [number]])[1][0].value == number


def test_numbers_are_numbers_and_times_are_german() -> None:
    start = datetime(2025, 11, 18, 15, 0)  # noqa: DTZ001 - spreadsheets know no zones

    assert read_csv([[2, start, None]]) == [["2", "18.11.2025 15:00", ""]]
    assert [cell.value for cell in read_xlsx([["a", "b"], [2, start]])[1]] == [2, start]


def test_a_semicolon_and_a_quote_stay_in_their_cell() -> None:
    assert read_csv([['Müller; "Söhne"', "x"]]) == [['Müller; "Söhne"', "x"]]


def test_csv_begins_with_the_mark_that_excel_needs() -> None:
    assert b"".join(csv_file([["ä"]])) == b"\xef\xbb\xbf\xc3\xa4\r\n"


@given(st.text(max_size=50))
def test_any_title_makes_a_sheet(title: str) -> None:
    assert load_workbook(xlsx_file(Sheet(title, [["x"]]))).sheetnames

"""Imprint, privacy and accessibility: templates first, then the operator's own words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.registration.domain.legal import sections_of
from shared.database import Database
from shared.identifiers import new_id
from shared.settings import Settings
from tests.integration.registration_desk import Desk, close, desk_of


@pytest.fixture
def admin(registration_database: Database, settings: Settings) -> Iterator[Desk]:
    desk = desk_of(registration_database, settings)
    yield desk
    close(desk)


def test_headings_and_paragraphs_are_read_from_plain_text() -> None:
    assert sections_of("First\n\n# Contact\nCall us.\r\n\r\nOr write.") == [
        (None, ["First"]),
        ("Contact", ["Call us.", "Or write."]),
    ]


@pytest.mark.parametrize("page", ["imprint", "privacy", "accessibility"])
def test_template_stands_until_the_operator_writes_her_own(admin: Desk, page: str) -> None:
    admin.get(f"/{page}")


def test_own_text_is_on_the_page_at_once_and_an_empty_one_brings_the_template_back(
    admin: Desk,
) -> None:
    template = admin.get("/imprint")
    admin.get("/coordination/legal/imprint/de")
    admin.post("/coordination/legal/imprint/de", body="# Amt\nHaus <b>1</b>")
    assert "Haus &lt;b&gt;1&lt;/b&gt;" in admin.get("/imprint")
    admin.get("/coordination/legal/imprint/de")
    admin.post("/coordination/legal/imprint/de", body="")
    assert admin.get("/imprint") == template


def test_text_that_is_too_long_comes_back_with_the_message(admin: Desk) -> None:
    admin.get("/coordination/legal/privacy/en")
    answer = admin.post("/coordination/legal/privacy/en", 422, body="x" * 20_001)
    assert "x" * 20_001 in answer.get_data(as_text=True)


def test_only_admins_edit_legal_texts(registration_database: Database, settings: Settings) -> None:
    desk = desk_of(registration_database, settings, new_id())
    desk.get("/coordination/legal", 403)
    desk.get("/coordination/legal/imprint/de", 403)
    close(desk)

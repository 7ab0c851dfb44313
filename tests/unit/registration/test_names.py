"""Spellings of one thing are one; ä sorts as a; everything is found by its beginning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.companies import own_domain
from services.registration.domain.names import (
    company_key,
    email_key,
    folded,
    search_query,
    search_words,
    sort_key,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bäckerei Krüger GmbH", "BAECKEREI KRUEGER"),
        ("Müller GmbH & Co. KG", "Müller GmbH und Co KG"),
        ("Meyer G.m.b.H.", "Meyer"),
        ("Autohaus-West e. K.", "autohaus west"),
        ("Straßenbau Groß", "Strassenbau Gross"),
    ],
)
def test_spellings_of_one_company_are_equal(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)


def test_different_companies_stay_different() -> None:
    assert company_key("Müller Dach") != company_key("Müller Bad")
    assert company_key("GmbH") == "gmbh"


def test_a_umlaut_sorts_as_a() -> None:
    names = ["Zöller", "Öztürk", "Ohm", "Äpfel & Co", "Anton", "Bau"]
    assert sorted(names, key=sort_key) == ["Anton", "Äpfel & Co", "Bau", "Ohm", "Öztürk", "Zöller"]


def test_a_public_provider_is_nobodys_domain() -> None:
    assert own_domain("kim@gmx.de") is None
    assert own_domain("kim@T-Online.de") is None
    assert own_domain(None) is None
    assert own_domain("kim@Krueger.example") == "krueger.example"


def test_umlauts_are_found_either_way() -> None:
    words = search_words("Bäckerei Krüger").split()
    assert {"backerei", "baeckerei", "kruger", "krueger"} <= set(words)


@given(st.text(max_size=80))
def test_any_text_makes_a_harmless_query(text: str) -> None:
    query = search_query(text)
    assert all(word.endswith(":*") for word in query.split(" & ") if word)
    assert "'" not in query


@given(st.text(max_size=80))
def test_keys_are_stable(text: str) -> None:
    assert email_key(email_key(text)) == email_key(text)
    assert folded(folded(text)) == folded(text)
    assert sort_key(sort_key(text)) == sort_key(text)

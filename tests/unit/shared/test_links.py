"""Links of mails: bound to one purpose and version, refused when anything in them was changed."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.links import PATHS, BadLink, Links, LinkTarget
from tests.factories import KEY, make_settings

LINKS = Links(make_settings())
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
purposes = st.sampled_from(sorted(PATHS))
versions = st.integers(min_value=0, max_value=10_000)


@given(purposes, st.uuids(), versions)
def test_a_link_is_read_as_it_was_made(purpose: str, target: UUID, version: int) -> None:
    token = LINKS.token(purpose, target, version)

    assert LINKS.read(purpose, token) == LinkTarget(target, version)


@given(purposes, purposes, st.uuids(), versions)
def test_a_link_serves_one_purpose_alone(made: str, tried: str, target: UUID, version: int) -> None:
    if made == tried:
        return
    with pytest.raises(BadLink):
        LINKS.read(tried, LINKS.token(made, target, version))


@given(st.uuids(), versions, st.integers(min_value=0), st.sampled_from(ALPHABET))
def test_a_link_with_one_letter_changed_is_refused(
    target: UUID, version: int, place: int, letter: str
) -> None:
    token = LINKS.token("manage", target, version)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    if changed == token:
        return

    with pytest.raises(BadLink):
        LINKS.read("manage", changed)


@given(st.uuids(), versions, st.integers(min_value=1))
def test_a_link_cut_short_is_refused(target: UUID, version: int, length: int) -> None:
    token = LINKS.token("confirm", target, version)

    with pytest.raises(BadLink):
        LINKS.read("confirm", token[: length % len(token)])


@given(st.uuids(), st.sampled_from(ALPHABET + "= \n"))
def test_no_second_text_means_the_same(target: UUID, letter: str) -> None:
    token = LINKS.token("ticket", target, 1)
    if letter == token[-1]:
        return

    for other in (token[:-1] + letter, token + letter, token + letter * 4):
        with pytest.raises(BadLink):
            LINKS.read("ticket", other)


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadLink):
        LINKS.read("confirm", text)


@given(st.uuids(), versions)
def test_links_outlive_a_rotation_of_keys(target: UUID, version: int) -> None:
    rotated = Links(make_settings(secret_key=f"{KEY}-new,{KEY}"))

    assert rotated.read("manage", LINKS.token("manage", target, version)).id == target


@given(st.uuids())
def test_new_links_use_the_newest_key(target: UUID) -> None:
    rotated = Links(make_settings(secret_key=f"{KEY}-new,{KEY}"))

    with pytest.raises(BadLink):
        LINKS.read("manage", rotated.token("manage", target, 1))


@given(st.uuids())
def test_links_of_a_key_taken_away_are_refused(target: UUID) -> None:
    with pytest.raises(BadLink):
        Links(make_settings(secret_key=f"{KEY}-new")).read(
            "manage", LINKS.token("manage", target, 1)
        )


@given(purposes, st.uuids(), versions)
def test_addresses_lie_under_the_public_address(purpose: str, target: UUID, version: int) -> None:
    url = LINKS.url(purpose, target, version)

    assert url.startswith(f"http://treffpunkt.example{PATHS[purpose]}")
    assert set(url.rpartition("/")[2]) <= set(ALPHABET)


def test_paths_are_those_of_the_contract() -> None:
    assert {PATHS[name] for name in ("confirm", "manage", "invitation", "offer", "ticket")} == {
        "/registrations/confirm/",
        "/registrations/manage/",
        "/invitations/",
        "/offers/",
        "/check-in/",
    }

"""Links by which a password is set: read as they were made, and proved by their whole secret alone."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.password_links import (
    SECRET_BYTES,
    PasswordLink,
    encoded,
    read_token,
)
from shared.links import HIDDEN, without_tokens

secrets = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES).map(encoded)
links = st.builds(
    PasswordLink,
    coordinator_id=st.uuids(),
    version=st.integers(min_value=0, max_value=10_000),
    secret=secrets,
)
LINK = PasswordLink(coordinator_id=UUID(int=6), version=1, secret=encoded(bytes(SECRET_BYTES)))


@given(links)
def test_a_link_is_read_as_it_was_made(link: PasswordLink) -> None:
    assert read_token(link.token) == link


@given(links, secrets)
def test_its_own_secret_alone_proves_it(link: PasswordLink, other: str) -> None:
    assert link.is_proved_by(link.secret)
    assert link.is_proved_by(other) == (other == link.secret)


@given(links)
def test_it_is_hidden_like_other_links(link: PasswordLink) -> None:
    assert without_tokens(f"/scheduling/password/{link.token}") == f"/scheduling/password/{HIDDEN}"


@pytest.mark.parametrize(
    "token",
    ["", "x", LINK.token + "A", LINK.token[:-1], LINK.token + "\n", LINK.token.replace(".", ":")],
)
def test_what_is_no_link_is_none(token: str) -> None:
    assert read_token(token) is None

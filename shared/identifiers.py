"""Identifiers: version 7 UUIDs, made here because PostgreSQL 17 cannot make them."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new identifier; later ones sort behind earlier ones to the millisecond."""
    return uuid7()


def parse_id(text: str) -> UUID | None:
    """The identifier written in *text*, or None if it is none."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None

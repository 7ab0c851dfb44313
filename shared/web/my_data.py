"""What a service knows of a person, as a page and as JSON, behind a link that works for an hour.

Services ask each other nothing: registration knows whom a link from a mail belongs to and makes the
short links by which the others show their part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, jsonify, make_response, render_template, request

from shared.clock import now
from shared.language import format_moment
from shared.links import Links, Purpose
from shared.web.context import links, runtime, settings
from shared.web.private import private

WORKS_FOR = timedelta(hours=1)
_MARK_BITS = 64
_EVERYWHERE = 1 << _MARK_BITS  # the bit before the mark
Value = str | int | bool | datetime | list[str] | None


class LinkRunOutError(ValueError):
    """The short link is older than an hour, or from before a change of the address."""


@dataclass(frozen=True)
class Field:
    """One thing that is known: its name in JSON, in words, and what it is."""

    key: str
    label: str
    value: Value
    words: str = ""  # where people read something else than programs

    @property
    def shown(self) -> str:
        """As people read it; empty where there is nothing."""
        if self.words:
            return self.words
        if isinstance(self.value, datetime):
            return format_moment(self.value, settings().time_zone)
        if isinstance(self.value, list):
            return ", ".join(self.value)
        return "" if self.value is None else str(self.value)


@dataclass(frozen=True)
class Section:
    """Things of one kind."""

    key: str
    heading: str
    entries: Sequence[Sequence[Field]]


@dataclass(frozen=True)
class ShortLink:
    """Whose data it shows, in all networks or in one, and at which address she was when it was made."""

    id: UUID
    mark: int
    everywhere: bool

    def must_fit(self, address: str | None) -> None:
        """Raises LinkRunOutError where she has another address now: it may be somebody else's."""
        if self.mark != _mark(address):
            raise LinkRunOutError


@dataclass(frozen=True)
class Reach:
    """What a person may see: by which registration or seat, as long as she is at which address, where.

    ``everywhere``: also what she has under that address in other networks than that of *target*.
    """

    target: UUID
    address: str | None
    everywhere: bool = field(kw_only=True)


def short_link(maker: Links, purpose: Purpose, reach: Reach) -> str:
    """The path of another service's part, for the next hour."""
    until = int((now() + WORKS_FOR).timestamp()) * 2 * _EVERYWHERE
    version = until | (_EVERYWHERE if reach.everywhere else 0) | _mark(reach.address)
    return maker.url(purpose, reach.target, version).removeprefix(maker.base_url)


def read_short_link(purpose: Purpose, token: str) -> ShortLink:
    """Whose data the link shows. Raises BadLink, LinkRunOutError."""
    target = links().read(purpose, token)
    until, more = divmod(target.version, 2 * _EVERYWHERE)
    if until < now().timestamp():
        raise LinkRunOutError
    return ShortLink(target.id, more % _EVERYWHERE, everywhere=more >= _EVERYWHERE)


def _mark(address: str | None) -> int:
    """Tells addresses apart without naming them; nought for none."""
    if not address:
        return 0
    digest = hashlib.blake2b(address.lower().encode(), digest_size=_MARK_BITS // 8)
    return int.from_bytes(digest.digest())


def answer(sections: Sequence[Section], template: str = "my_data.html", **more: object) -> Response:
    """The page, or the file where ``?format=json`` asks for it. Kept nowhere, told to nobody."""
    filled = [section for section in sections if section.entries]
    if request.args.get("format") == "json":
        response = jsonify(_plain(filled))
        name = f"treffpunkt-{runtime().service}.json"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        response = make_response(render_template(template, sections=filled, **more))
    return private(response)


def link_run_out() -> Response:
    """What to do where the short link does not work any more."""
    return private(make_response(render_template("my_data_run_out.html"), 410))


def _plain(sections: Sequence[Section]) -> dict[str, object]:
    parts = {
        section.key: [{one.key: _json(one.value) for one in entry} for entry in section.entries]
        for section in sections
    }
    return {"service": runtime().service, "as_of": now().isoformat(), **parts}


def _json(value: Value) -> object:
    return value.isoformat() if isinstance(value, datetime) else value

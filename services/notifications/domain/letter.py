"""The content of one mail, free of any form; text and HTML are made from the same letter."""

from __future__ import annotations

from dataclasses import dataclass, field

Row = tuple[str, ...]  # (label, value) or (label, value, link words, url)


@dataclass(frozen=True, kw_only=True)
class Button:
    """The one thing to do."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """What changed; ``old`` is empty where it stays or was not known."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One person's way in: a QR code, and the link it holds."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading with rows of (time or name, text)."""

    heading: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything one mail says, in the order of its importance."""

    subject: str
    title: str
    lead: tuple[str, ...]
    reason: str  # why one gets it
    preheader: str = ""
    notice: str = ""
    changes: tuple[Change, ...] = ()
    facts: tuple[Row, ...] = ()
    button: Button | None = None
    after_button: tuple[str, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    people: Section | None = None
    # Programme and arrival: the same for everybody who goes to the same meeting.
    shared: tuple[Section, ...] = ()
    links: tuple[tuple[str, str], ...] = field(default=())

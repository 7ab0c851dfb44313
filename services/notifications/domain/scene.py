"""What a mail can speak of: the network, the meeting, the claim, the person, the intent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.domain import clean

CONTACT = "contact"
GUEST = "guest"
COORDINATOR = "coordinator"
UNNAMED = {"", "N. N.", "N.N."}

Purpose = Literal["confirm", "manage", "seat", "invitation", "ticket"]


class LinkMaker(Protocol):
    """Makes the links of this installation (shared.links.Links)."""

    base_url: str

    def url(self, purpose: Purpose, target: UUID, version: int) -> str:
        """The absolute address."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """Who sends."""

    id: UUID
    revision: int
    name: str
    contact_name: str
    contact_email: str
    contact_phone: str


def read_network(data: Mapping[str, Any]) -> Network:
    """The network kept with a mail."""
    return Network(**{**data, "id": UUID(data["id"])})


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where, and how to get in."""

    name: str
    street: str
    postcode: str
    city: str
    room: str
    arrival_note: str
    accessibility: str

    @property
    def town(self) -> str:
        """Postcode and city."""
        return f"{self.postcode} {self.city}".strip()

    @property
    def address(self) -> str:
        """Street and town on one line."""
        return ", ".join(part for part in (self.street, self.town) if part)

    @property
    def building(self) -> tuple[str, str]:
        """What people have to find."""
        return self.name, self.address


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """A programme point."""

    starts_at: datetime
    title: str
    speaker: str


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A bookable time window."""

    id: UUID
    label: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """The meeting as last told."""

    id: UUID
    network_id: UUID
    revision: int
    slug: str
    state: str
    title: str
    description: str
    focus_topic: str
    starts_at: datetime
    ends_at: datetime
    tz: ZoneInfo
    place: Place
    agenda: tuple[AgendaItem, ...]
    slots: Mapping[UUID, Slot]
    reason: str  # of its cancellation

    def slot(self, slot_id: UUID) -> Slot:
        """The slot, or a window as long as the meeting where it is not known."""
        known = self.slots.get(slot_id)
        return known or Slot(id=slot_id, label="", starts_at=self.starts_at, ends_at=self.ends_at)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody on a seat, or the contact."""

    key: str  # CONTACT or the attendee's id
    name: str
    email: str | None
    link_version: int
    is_contact: bool

    @property
    def known_name(self) -> str:
        """The name, empty where it follows later."""
        return "" if self.name in UNNAMED else self.name


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A company's claim on seats, as last told."""

    id: UUID
    revision: int
    network_id: UUID
    meeting_id: UUID
    meeting_revision: int  # as they saw it when they signed up; 0: not known
    slot_id: UUID
    linked_to: UUID | None  # whose additional seats these are
    state: str
    seats: int
    company: str
    contact: Person
    attendees: tuple[Person, ...]
    language: str
    verified: bool
    held_until: datetime | None
    link_version: int
    reason: str

    @property
    def to_be_confirmed(self) -> bool:
        """Whether the address is still to be proved; seats had for good need no proof."""
        return not self.verified and self.state != "confirmed"

    @property
    def own_mail(self) -> tuple[Person, ...]:
        """The attendees who get mails of their own."""
        return tuple(person for person in self.attendees if self.has_own_mail(person))

    @property
    def in_contacts_hands(self) -> tuple[Person, ...]:
        """The attendees whose tickets the contact carries."""
        return tuple(person for person in self.attendees if not self.has_own_mail(person))

    def has_own_mail(self, person: Person) -> bool:
        """Whether *person* can be reached at another address than the contact's."""
        if person.is_contact or not person.email:
            return False
        return person.email.lower() != (self.contact.email or "").lower()


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody invited personally."""

    id: UUID
    name: str
    company: str
    link_version: int


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything one mail is written from."""

    kind: str
    now: datetime
    links: LinkMaker
    network: Network
    meeting: Meeting
    claim: Claim | None = None
    person: Person | None = None  # None: written to the contact
    guest: Guest | None = None
    recipient: str = ""  # the address it was meant for when it was asked for
    waiting: int = 0  # groups on the waitlist of the slot
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def slot(self) -> Slot:
        """The time window this mail is about."""
        if self.claim is not None:
            return self.meeting.slot(self.claim.slot_id)
        start, end = self.meeting.starts_at, self.meeting.ends_at
        return Slot(id=self.meeting.id, label="", starts_at=start, ends_at=end)

    @property
    def confirmed(self) -> bool:
        """Whether the claim has its seats for good."""
        return self.claim is not None and self.claim.state == "confirmed"


def read_meeting(data: Mapping[str, Any]) -> Meeting:
    """The meeting in the payload of a fact."""
    slots = (_slot(slot) for slot in data["slots"])
    return Meeting(
        id=UUID(data["meeting_id"]),
        network_id=UUID(data["network_id"]),
        revision=data["revision"],
        slug=data["slug"],
        state=data["state"],
        title=clean.one_line(data["title"]),
        description=clean.lines(data["description"]),
        focus_topic=clean.one_line(data["focus_topic"]),
        starts_at=moment(data["starts_at"]),
        ends_at=moment(data["ends_at"]),
        tz=ZoneInfo(data["time_zone"]),
        place=read_place(data["venue"]),
        agenda=read_agenda(data["agenda"]),
        slots={slot.id: slot for slot in slots},
        reason=clean.lines(data.get("reason", "")),
    )


def read_place(data: Mapping[str, Any]) -> Place:
    """The venue in the payload of a fact."""
    one_line = {
        name: clean.one_line(data[name]) for name in ("name", "street", "postcode", "city", "room")
    }
    return Place(
        arrival_note=clean.lines(data["arrival_note"]),
        accessibility=clean.lines(data["accessibility"]),
        **one_line,
    )


def read_claim(data: Mapping[str, Any]) -> Claim:
    """The registration in the payload of a fact; names are made harmless here."""
    contact, company = data["contact"], data["company"]
    held_until, linked_to = data["held_until"], data.get("linked_to")
    return Claim(
        id=UUID(data["registration_id"]),
        revision=data["revision"],
        network_id=UUID(data["network_id"]),
        meeting_id=UUID(data["meeting_id"]),
        meeting_revision=data.get("meeting_revision", 0),
        slot_id=UUID(data["slot_id"]),
        linked_to=UUID(linked_to) if linked_to else None,
        state=data["state"],
        seats=data["seats"],
        company=clean.name(company["name"]),
        contact=Person(
            key=CONTACT,
            name=clean.name(contact["name"]),
            email=contact["email"],
            link_version=data["link_version"],
            is_contact=True,
        ),
        attendees=tuple(read_person(attendee) for attendee in data["attendees"]),
        language=data["language"],
        verified=data["verified_at"] is not None,
        held_until=moment(held_until) if held_until else None,
        link_version=data["link_version"],
        reason=clean.lines(data["reason"]),
    )


def read_person(data: Mapping[str, Any]) -> Person:
    """An attendee in the payload of a fact."""
    return Person(
        key=str(data["attendee_id"]),
        name=clean.name(data["name"]),
        email=data["email"],
        link_version=data["link_version"],
        is_contact=data["is_contact"],
    )


def read_agenda(data: Iterable[Mapping[str, Any]]) -> tuple[AgendaItem, ...]:
    """The programme in the payload of a fact."""
    return tuple(_agenda_item(item) for item in data)


def _slot(data: Mapping[str, Any]) -> Slot:
    return Slot(
        id=UUID(data["slot_id"]),
        label=clean.one_line(data["label"]),
        starts_at=moment(data["starts_at"]),
        ends_at=moment(data["ends_at"]),
    )


def _agenda_item(data: Mapping[str, Any]) -> AgendaItem:
    return AgendaItem(
        starts_at=moment(data["starts_at"]),
        title=clean.one_line(data["title"]),
        speaker=clean.one_line(data["speaker"]),
    )


def moment(text: str) -> datetime:
    """The time in a payload."""
    return datetime.fromisoformat(text)

"""What of a payload tells of a person, and what is left of it without: all that seats and lists need.

Pure functions over the JSON of facts, so that they serve outbox, inbox, copies, and what arrives late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

NOT_NAMED = "N. N."
# A company whose name is that of the person erased.
NO_COMPANY = "–"
Payload = dict[str, Any]
# Where a fact about a participant has people in it.
_LISTS = ("attendees", "removed_attendees")
_TEXTS = ("contact_name", "contact_email", "on_recommendation_of", "recipient")
_PERSONAL = frozenset({"contact", *_LISTS, *_TEXTS})
_SUBJECTS = frozenset({"registration_id", "invitation_id"})


def tells_of_participants(names: Iterable[str]) -> bool:
    """Whether a payload with the fields *names* has participants in it."""
    fields = frozenset(names)
    return bool(fields & _SUBJECTS) and bool(fields & _PERSONAL)


def subjects_of(payload: Mapping[str, Any]) -> list[UUID]:
    """Everything in *payload* that may have been erased: registration, invitation, people on seats."""
    named = [payload.get("registration_id"), payload.get("invitation_id")]
    named += [person.get("attendee_id") for person in _people(payload)]
    return [found for found in map(_uuid, named) if found is not None]


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Who was erased: registrations, invitations, people on seats; and invitations that name a colleague."""

    whole: frozenset[UUID] = frozenset()
    recommended: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.whole or self.recommended)


def without(payload: Mapping[str, Any], gone: Gone) -> Payload:
    """*payload* with nothing of those who are *gone*."""
    registration, invitation = (
        _uuid(payload.get("registration_id")),
        _uuid(payload.get("invitation_id")),
    )
    if registration in gone.whole or invitation in gone.whole:
        return without_people(payload)
    scrubbed = _with_people(payload, lambda person: _uuid(person.get("attendee_id")) in gone.whole)
    if invitation in gone.recommended and "on_recommendation_of" in payload:
        scrubbed["on_recommendation_of"] = ""
    return scrubbed


def without_people(payload: Mapping[str, Any]) -> Payload:
    """*payload* without contact, attendees, addresses; ids, states and numbers stay."""
    scrubbed = _with_people(payload, lambda _person: True)
    contact, company = payload.get("contact"), payload.get("company")
    if isinstance(contact, dict):
        scrubbed["contact"] = contact | {"name": "", "email": None, "phone": ""}
    if isinstance(contact, dict) and isinstance(company, dict):
        name = without_person(str(company.get("name", "")), str(contact.get("name", "")))
        scrubbed["company"] = company | {"name": name}
    if "company_name" in payload:
        name = str(payload["company_name"])
        scrubbed["company_name"] = without_person(name, str(payload.get("contact_name", "")))
    if payload.get("state") == "declined":
        scrubbed["reason"] = ""  # a coordinator's own words
    return scrubbed | {name: "" for name in _TEXTS if name in payload}


def without_person(company: str, person: str) -> str:
    """The company's name, unless it is that of the person (as of many craftspeople)."""
    names = _words(person)
    return NO_COMPANY if names and names <= _words(company) else company


def blank_seat(person: Mapping[str, Any]) -> Payload:
    """A seat whose person is not known (any more)."""
    return {**person, "name": NOT_NAMED} | ({"email": None} if "email" in person else {})


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _people(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    # What is malformed is refused later, with its reason.
    lists = [payload.get(name) for name in _LISTS]
    people = [person for found in lists if isinstance(found, list) for person in found]
    return [person for person in people if isinstance(person, dict)]


def _with_people(
    payload: Mapping[str, Any], is_erased: Callable[[Mapping[str, Any]], bool]
) -> Payload:
    scrubbed = dict(payload)
    for name in _LISTS:
        if isinstance(payload.get(name), list):
            scrubbed[name] = [
                blank_seat(person) if isinstance(person, dict) and is_erased(person) else person
                for person in payload[name]
            ]
    return scrubbed


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None

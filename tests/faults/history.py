"""What was acknowledged against what is there: nothing lost, nothing invented, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from shared.settings import Settings
from tests.faults.invariants import rows
from tests.faults.load import OK, UNKNOWN, Person
from tests.faults.plan import Gathering
from tests.faults.postbox import Postbox

LIVING = ("held", "waitlisted", "confirmed")


def violations(settings: Settings, postbox: Postbox, gathering: Gathering) -> list[str]:
    """Everything about one meeting that contradicts what its people were told."""
    postbox.look()
    found = _registered(settings, gathering)
    return [
        *_lost_or_invented(gathering, found),
        *(wrong for person in gathering.people for wrong in _wrong(person, found)),
        *_wrongly_told(settings, postbox, gathering),
        *_wrongly_moved(settings, gathering),
    ]


def _registered(settings: Settings, gathering: Gathering) -> dict[str, Any]:
    # Those linked to another are further seats of the same people.
    query = "select id::text, email_key, state, seats from registration where meeting_id = '{}' and linked_to is null"
    found = rows(settings, "registration", query.format(gathering.id))
    return {row[0]: row[1:] for row in found}


def _lost_or_invented(gathering: Gathering, found: dict[str, Any]) -> Iterator[str]:
    acknowledged = {person.id for person in gathering.people if person.id}
    for lost in acknowledged - found.keys():
        yield f"acknowledged registration {lost} is not there"
    perhaps = {p.email for p in gathering.people if p.outcome("sign up") == UNKNOWN}
    for identifier in found.keys() - acknowledged:
        if found[identifier][0] not in perhaps:
            yield f"nobody asked for registration {identifier}"
    for email, number in Counter(row[0] for row in found.values()).items():
        if number > 1:
            yield f"{email} is registered {number} times"


def _wrong(person: Person, found: dict[str, Any]) -> Iterator[str]:
    if person.id not in found:
        return
    _email, state, seats = found[person.id]
    if state not in _possible_states(person):
        yield f"{person.id} is {state}, not one of {_possible_states(person)}"
    if state in LIVING and seats not in _possible_seats(person):
        yield f"{person.id} has {seats} seats, not one of {_possible_seats(person)}"


def _possible_states(person: Person) -> set[str]:
    if person.outcome("cancel") == OK:
        return {"cancelled"}
    first = person.done["sign up"].answer["state"]
    # Whoever waits with a confirmed address may have moved up since.
    if person.outcome("confirm") == OK:
        answered = person.done["confirm"].answer["state"]
        states = {"confirmed"} if answered == "confirmed" else {"waitlisted", "confirmed"}
    elif person.outcome("confirm") == UNKNOWN:
        states = {first, "waitlisted", "confirmed"}
    else:
        states = {first}
    return states | ({"cancelled"} if person.outcome("cancel") == UNKNOWN else set())


def _possible_seats(person: Person) -> set[int]:
    after = person.seats - 1 or 2
    if person.outcome("change") == OK and person.seats > 1:
        return {after}
    return {person.seats, after} if person.outcome("change") else {person.seats}


def _wrongly_told(settings: Settings, postbox: Postbox, gathering: Gathering) -> Iterator[str]:
    """Each mail of the meeting as often at the mail server as the database says."""
    query = (
        "select message_id, state, kind, repeated, registration_id::text from mail where meeting_id = '{}'"
        " and message_id is not null"
    )
    told: Counter[tuple[str, str]] = Counter()
    for identifier, state, kind, repeated, registration in rows(
        settings, "notifications", query.format(gathering.id)
    ):
        copies = postbox.copies[identifier.strip()]
        told[kind, registration] += copies > 0
        allowed = {"sent": {1, 2} if repeated else {1}, "ambiguous": {0, 1}}.get(state, {0})
        if copies not in allowed:
            yield f"{kind} about {registration} is {state} and came {copies} times"
    yield from _untold(gathering, told)


def _untold(gathering: Gathering, told: Counter[tuple[str, str]]) -> Iterator[str]:
    for person in gathering.people:
        if not person.id:
            continue
        waits = person.done["sign up"].answer["state"] == "waitlisted"
        if told["waitlisted" if waits else "confirm_address", person.id] != 1:
            yield f"{person.id} was not asked once for the address"
        confirmed = person.outcome("confirm") == OK
        seated = confirmed and person.done["confirm"].answer["state"] == "confirmed"
        if seated and told["registration_confirmed", person.id] != 1:
            yield f"{person.id} was not told once of the confirmation"
        if person.outcome("cancel") == OK and told["registration_cancelled", person.id] != 1:
            yield f"{person.id} was not told once of the cancellation"


def _wrongly_moved(settings: Settings, gathering: Gathering) -> Iterator[str]:
    if gathering.move is None or gathering.move.outcome != OK:
        return
    query = f"select extract(epoch from starts_at) from meeting where id = '{gathering.id}'"
    times = {
        rows(settings, s, query)[0][0] for s in ("scheduling", "registration", "notifications")
    }
    if len(times) > 1:
        yield f"meeting {gathering.id} begins at different times: {times}"

"""What was acknowledged against what is there: nothing lost, nothing invented, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.settings import SERVICES, Settings
from tests.faults.invariants import rows
from tests.faults.load import OK, UNKNOWN, Person
from tests.faults.plan import Gathering
from tests.faults.postbox import Postbox

LIVING = ("held", "waitlisted", "confirmed")


def violations(settings: Settings, postbox: Postbox, gathering: Gathering) -> list[str]:
    """Everything about one meeting that contradicts what its people were told."""
    postbox.look()
    found, times = _registered(settings, gathering), _beginnings(settings, gathering)
    letters = _letters(settings, postbox, gathering)
    told = Counter((letter.kind, letter.registration) for letter in letters if letter.copies)
    moved = gathering.wanted in times
    return [
        *_lost_or_invented(gathering, found),
        *(wrong for person in gathering.people for wrong in _wrong(person, found)),
        *_wrong_copies(letters),
        *_untold(gathering, told),
        *wrongly_told_of_the_move({key: row[1] for key, row in found.items()}, told, moved=moved),
        *wrongly_begun(gathering, times),
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


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail as the database has it, and how often it came to the mail server."""

    kind: str
    registration: str
    state: str
    repeated: bool
    copies: int


def _letters(settings: Settings, postbox: Postbox, gathering: Gathering) -> list[Letter]:
    query = (
        "select message_id, state, kind, repeated, registration_id::text from mail where meeting_id = '{}'"
        " and message_id is not null"
    )
    return [
        Letter(
            kind=kind,
            registration=registration,
            state=state,
            repeated=repeated,
            copies=postbox.copies[identifier.strip()],
        )
        for identifier, state, kind, repeated, registration in rows(
            settings, "notifications", query.format(gathering.id)
        )
    ]


def _wrong_copies(letters: list[Letter]) -> Iterator[str]:
    """Each mail of the meeting as often at the mail server as the database says."""
    for one in letters:
        sent = {1, 2} if one.repeated else {1}
        allowed = {"sent": sent, "ambiguous": {0, 1}}.get(one.state, {0})
        if one.copies not in allowed:
            yield f"{one.kind} about {one.registration} is {one.state} and came {one.copies} times"


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


def wrongly_told_of_the_move(
    states: Mapping[str, str], told: Counter[tuple[str, str]], *, moved: bool
) -> Iterator[str]:
    """Who signed up before the move hears of it once; *states*: of those on the meeting, by id.

    Nobody signs up amid a move. Who gives up amid it may hear of it or not; all others lived throughout.
    """
    for identifier, state in states.items():
        number, wanted = told["meeting_changed", identifier], int(moved)
        if number not in ({wanted} if state in LIVING else {0, wanted}):
            yield f"{identifier}, {state}, was told of the move {number} times, not {wanted}"


def _beginnings(settings: Settings, gathering: Gathering) -> set[datetime]:
    query = f"select starts_at from meeting where id = '{gathering.id}'"
    return {rows(settings, service, query)[0][0] for service in SERVICES}


def wrongly_begun(gathering: Gathering, times: set[datetime]) -> Iterator[str]:
    """*times*: what the services know, which must be one, and one that was asked for."""
    if len(times) > 1 or not times <= gathering.beginnings:
        told = [sorted(map(str, some)) for some in (times, gathering.beginnings)]
        yield f"meeting {gathering.id} begins at {told[0]}, not at one of {told[1]}"

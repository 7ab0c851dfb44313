"""The cells of the matrix: every line of the table, tried by everybody on everything, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from werkzeug.test import TestResponse

from tests.access_table import ROLES, Entry, filled, parameters
from tests.access_world import Person, World
from tests.factories import afternoon

OWN, FOREIGN, MIXED, ABSENT, NOTHING = "own", "foreign", "mixed", "absent", "-"
# What comes of a permitted call: done, or refused for what was sent, never for who sent it.
DONE = {200, 201, 204, 303, 409, 422}
GONE = {404}
NOT_FOUND_IN_BODY = {404, 422}
PECULIAR = {
    "bearer": {401, 404, 422},  # wants the token of a link from a mail, whoever asks
    "own_session": {303},  # nothing to end, and nothing told
    "parked": {303, 404, 422},
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One try."""

    entry: Entry
    person: Person
    kind: str

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.entry.method} {self.entry.rule} by {self.person.name} on {self.kind}"


def cells(world: World, entry: Entry) -> Iterator[Cell]:
    """All tries of one line."""
    for person in world.people:
        for kind in kinds(entry, person):
            yield Cell(entry=entry, person=person, kind=kind)


def kinds(entry: Entry, person: Person) -> list[str]:
    """What there is to try it on."""
    thing = entry.thing
    if thing in {"-", "bearer"}:
        return [NOTHING]
    if thing in {"parked", "legal", "slug", "network_slug", "feed", "file", "coordinator"}:
        return [ABSENT] if thing == "parked" else [OWN, ABSENT]
    if thing.startswith("own_"):
        owner = person.role == "coordinator"
        return [OWN, FOREIGN, ABSENT] if owner else [FOREIGN, ABSENT]
    several = len(parameters(entry.rule)) > 1 and entry.who in ROLES
    return [OWN, FOREIGN, MIXED, ABSENT] if several else [OWN, FOREIGN, ABSENT]


def values_for(world: World, cell: Cell) -> dict[str, str]:
    """What the variable parts of the address, and the body, name."""
    home = cell.person.network or "north"
    own, foreign = world.things[home], world.things["south" if home == "north" else "north"]
    thing = cell.entry.thing
    if cell.kind == ABSENT:
        chosen = {name: str(uuid4()) for name in own} | {"slug": "nirgends", "meeting": "nirgends"}
        chosen |= {"page": "nirgends", "filename": "nirgends.css", "token": "x", "link:ticket": "x"}
    elif cell.kind == MIXED:
        first, *others = parameters(cell.entry.rule)
        chosen = {**foreign, first: own[first], **{name: foreign[name] for name in others}}
    else:
        chosen = dict(foreign if cell.kind == FOREIGN else own)
    if thing.startswith("link:") and cell.kind != ABSENT:
        other = "link:confirm" if thing == "link:manage" else "link:manage"
        chosen["token"] = own[thing if cell.kind == OWN else other]
    elif thing == "ticket" and cell.kind != ABSENT:
        chosen["token"] = chosen["link:ticket"]
    elif thing == "network_slug":
        chosen["slug"] = chosen["network_slug"]
    return chosen


def expected(cell: Cell) -> set[int]:
    """The statuses that keep the declared promise."""
    entry, person = cell.entry, cell.person
    if entry.who in ROLES:
        if not person.role:
            return {401} if entry.is_api or not entry.is_safe else {303}
        if ROLES.index(person.role) < ROLES.index(entry.who):
            return {403}
    if entry.thing in PECULIAR:
        return PECULIAR[entry.thing] if cell.kind != OWN else DONE
    if cell.kind in {OWN, NOTHING} or (cell.kind == FOREIGN and reaches_all(cell)):
        return DONE
    return NOT_FOUND_IN_BODY if entry.thing.startswith("in:") else GONE


def reaches_all(cell: Cell) -> bool:
    """Whether other networks' things are open too."""
    links = cell.entry.thing.startswith(("link:", "own_"))
    return not links and (cell.person.role == "admin" or cell.entry.who not in ROLES)


def is_permitted(cell: Cell) -> bool:
    """Whether the call may change something."""
    return expected(cell) == DONE


def leads_to_signing_in(answer: TestResponse) -> bool:
    """Whether the browser is sent away to sign in."""
    place = urlsplit(answer.headers.get("Location", "")).path
    return place in {"/scheduling/session", "/scheduling/login"}


def call(
    world: World,
    cell: Cell,
    *,
    method: str | None = None,
    headers: dict[str, str] | None = None,
    form: bool = True,
) -> TestResponse:
    """Try it, as a browser with a form of ours or as a program would."""
    entry, values = cell.entry, values_for(world, cell)
    path = filled(entry.rule, values)
    given = {"Accept-Language": "en"} | (headers or {})
    client = world.client(entry.service, cell.person, form=form)
    body = body_for(entry, values)
    if entry.is_api:
        if cell.person.token:
            given["Authorization"] = f"Bearer {cell.person.token}"
        sent = {} if entry.is_safe else {"json": body}
    else:
        token = {"csrf_token": world.forms[entry.service][1]} if form else {}
        sent = {} if entry.is_safe else {"data": body | token}
    # Buffered: read to its end, so that files are closed.
    return client.open(path, method=method or entry.method, headers=given, buffered=True, **sent)


def body_for(entry: Entry, values: dict[str, str]) -> dict[str, Any]:
    """What the call needs so that only the sender's rights can be in the way."""
    made = BODIES.get(f"{entry.method} {entry.rule}")
    return made(values) if made else {}


def _meeting_times() -> dict[str, str]:
    begin = afternoon(days=60)
    return {"starts_at": begin.isoformat(), "ends_at": afternoon(days=60, hour=17).isoformat()}


BODIES: dict[str, Any] = {
    "POST /api/v1/check-ins": lambda v: {"ticket": v["link:ticket"]},
    "POST /api/v1/invitations": lambda v: {
        "meeting_id": v["meeting_id"],
        "contacts": [{"company": "Neu", "name": "Nina Neu", "email": "nina@neu.example"}],
    },
    "POST /scheduling/api/v1/meetings": lambda v: {
        "network_id": v["network_id"],
        "venue_id": v["venue_id"],
        "title": "Noch eins",
        **_meeting_times(),
        "admission": "open",
        "slots": [{**_meeting_times(), "capacity": 3}],
    },
    "POST /scheduling/api/v1/venues": lambda v: {
        "network_id": v["network_id"],
        "name": "Neue Schule",
        "street": "Weg 1",
        "postcode": "44149",
        "city": "Dortmund",
    },
    "POST /scheduling/meetings/new": lambda v: {"network_id": v["network_id"]},
    "POST /coordination/registrations/<uuid:registration_id>/arrived": lambda v: {
        "attendee": v["attendee_id"]
    },
    "POST /scheduling/venues/new": lambda v: {
        "network_id": v["network_id"],
        "name": "Neue Schule",
        "street": "Weg 1",
        "postcode": "44149",
        "city": "Dortmund",
    },
    "PATCH /scheduling/api/v1/meetings/<uuid:meeting_id>": lambda _: {"title": "Umbenannt"},
    "PATCH /scheduling/api/v1/networks/<uuid:network_id>": lambda _: {"name": "Umbenannt"},
    "PATCH /scheduling/api/v1/slots/<uuid:slot_id>": lambda _: {"capacity": 30},
    "PATCH /scheduling/api/v1/venues/<uuid:venue_id>": lambda _: {"name": "Umbenannt"},
    "POST /scheduling/api/v1/meetings/<uuid:meeting_id>/cancel": lambda _: {"reason": "Wasser"},
    "POST /scheduling/api/v1/meetings/<uuid:meeting_id>/slots/generate": lambda _: {
        "from": afternoon(days=30, hour=15).isoformat(),
        "until": afternoon(days=30, hour=16).isoformat(),
        "duration_minutes": 15,
        "break_minutes": 5,
        "capacity": 1,
    },
    "PUT /notifications/api/v1/meetings/<uuid:meeting_id>/reminders": lambda _: {
        "rules": [{"offset_minutes": -1440, "relative_to": "start", "audience": "confirmed"}]
    },
    "POST /api/v1/registrations/<uuid:registration_id>/decline": lambda _: {"reason": "Nein"},
}

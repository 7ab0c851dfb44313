"""Makes what tests need: settings, and the bodies of API calls; every field can be overridden."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from shared.clock import now
from shared.settings import Settings, load_settings
from treffpunkt.keys import make_keys

BERLIN = ZoneInfo("Europe/Berlin")
KEY = "a-key-for-tests-of-at-least-32-characters"
_numbers = itertools.count(1)
# Venues, addresses and meetings of one session never meet: each takes another number and day.
_run = f"{now():%H%M%S}"


def number() -> int:
    """Another one each time."""
    return next(_numbers)


@cache
def _keys() -> dict[str, str]:
    return make_keys()


def environment(**values: str) -> dict[str, str]:
    """The least a process needs, as environment variables."""
    given = {"BASE_URL": "http://treffpunkt.example", **_keys(), "SECRET_KEY": KEY}
    given |= {name.upper(): value for name, value in values.items()}
    return {f"TREFFPUNKT_{name}": value for name, value in given.items()}


def make_settings(**values: str) -> Settings:
    """Settings without any server."""
    return load_settings(Path("/nonexistent"), environment(**values))


def moments() -> SearchStrategy[datetime]:
    """Any moment of this century's time zones."""
    first, last = datetime(2000, 1, 1), datetime(2099, 12, 31)  # noqa: DTZ001 - the zone follows
    return st.datetimes(min_value=first, max_value=last, timezones=st.just(UTC))


def address(name: str = "company") -> str:
    """An address nobody else uses."""
    return f"{name}.{_run}.{number()}@betrieb.example"


def afternoon(days: int = 30, hour: int = 15, minute: int = 0) -> datetime:
    """A moment of the clock in Berlin, so many days from now."""
    day = now().astimezone(BERLIN) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def network(**fields: Any) -> dict[str, Any]:
    """The body for POST networks."""
    body = {
        "name": f"Netzwerk {number()}",
        "slug": f"netzwerk-{_run}-{number()}",
        "districts": [
            {"name": "Huckarde", "postcodes": ["44369"]},
            {"name": "Lütgendortmund", "postcodes": ["44388", "44149"]},
        ],
        "contact_name": "Kora Dinator",
        "contact_email": "netzwerk@stadt.example",
        "contact_phone": "+49 231 555 0100",
        "language": "de",
        "time_zone": "Europe/Berlin",
    }
    return body | fields


def venue(network_id: str, **fields: Any) -> dict[str, Any]:
    """The body for POST venues."""
    body = {
        "network_id": network_id,
        "name": f"Hauptschule Kley {number()}",
        "street": "Kleyer Weg 1",
        "postcode": "44149",
        "city": "Dortmund",
        "room": "Aula",
        "arrival_note": "Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.",
        "contact": {
            "name": "Haus Meister",
            "email": "hausmeister@schule.example",
            "phone": "0231 555 0101",
        },
        "accessibility": "Stufenlos, Aufzug.",
    }
    return body | fields


def meeting(network_id: str, venue_id: str, *, capacity: int = 20, **fields: Any) -> dict[str, Any]:
    """The body for POST meetings: one slot from start to end."""
    starts_at = fields.pop("starts_at", None) or afternoon(days=30)
    ends_at = fields.pop("ends_at", None) or starts_at + timedelta(minutes=165)
    times = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    body = {
        "network_id": network_id,
        "title": f"Ausbildung im Quartier {number()}",
        "venue_id": venue_id,
        **times,
        "admission": "open",
        "description": "Netzwerktreffen der Partnerbetriebe.",
        "focus_topic": "Praktika, die passen",
        "agenda": [
            {"starts_at": times["starts_at"], "title": "Neues aus dem Netzwerk"},
            {
                "starts_at": (starts_at + timedelta(minutes=45)).isoformat(),
                "title": "Praktika, die passen",
                "speaker": "Eva Expertin",
            },
        ],
        "waitlist": "strict",
        "slots": [{**times, "capacity": capacity}],
    }
    return body | fields


def registration(slot_id: str, *, seats: int = 2, **fields: Any) -> dict[str, Any]:
    """The body for POST registrations: the contact comes, with colleagues."""
    email = fields.pop("email", None) or address()
    count = number()
    names = [f"Person {count}-{place}" for place in range(1, seats + 1)]
    body: dict[str, Any] = {
        "slot_id": slot_id,
        "company": {"name": f"Betrieb {_run} {count} GmbH", "postcode": "44369"},
        "contact": {"name": names[0], "email": email, "phone": "0231 555 0199"},
        "attendees": [{"name": names[0], "email": email}, *({"name": name} for name in names[1:])],
        "consents": {"privacy": True},
        "language": "de",
    }
    return body | fields


def utc(moment: str) -> datetime:
    """An RFC 3339 text of an answer as UTC."""
    return datetime.fromisoformat(moment).astimezone(UTC)

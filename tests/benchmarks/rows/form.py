"""Whole registrations in the web form: page, form, POST, confirmation page, POST."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from shared.links import Links
from tests.benchmarks.bench import Bench
from tests.benchmarks.load.clients import MakeStory, Story, hammer, request
from tests.benchmarks.load.sign_ups import pages
from tests.benchmarks.place import Meeting
from tests.benchmarks.rounds import in_turns, middle, ratio
from tests.benchmarks.table import Row, at_least

CAPACITY = 1000
FORM = "application/x-www-form-urlencoded"
ID_LENGTH = 22  # a UUID in base64 at the beginning of every token


def measure(bench: Bench) -> list[Row]:
    """Against the empty page, each registration counted once."""
    meeting = bench.place.meeting(slots=10, capacity=CAPACITY)
    story = registration(meeting, Links(bench.place.stack.settings))
    bench.place.pause()
    load = partial(hammer, bench.port, story, seconds=bench.seconds)
    said = in_turns(
        {
            "empty": lambda: pages(bench.empty_page, seconds=bench.seconds).checked(),
            "form": lambda: load().checked(),
        },
        bench.rounds,
    )
    bench.place.resume()
    return [
        at_least(
            "complete registration in the web form (5 requests)",
            f"{middle(said['form']):.0f}/s",
            f"{middle(said['empty']):.0f}/s empty page",
            ratio=ratio(said["form"], said["empty"]),
            target=0.035,
        )
    ]


def registration(meeting: Meeting, links: Links) -> MakeStory:
    """What a company does, including the click in the mail."""
    page = f"/meetings/{meeting.slug}"

    def story(number: int) -> Story:
        (yield request("GET", page)).expect(200)
        (yield request("GET", f"{page}/register")).expect(200)
        slot = meeting.slots[number % len(meeting.slots)]
        form = urlencode(_fields(f"{number:x}", slot)).encode()
        answer = yield request("POST", f"{page}/register", form, kind=FORM)
        shown = answer.expect(303).header("Location").rsplit("/", 1)[-1]
        registration_id = UUID(bytes=urlsafe_b64decode(shown[:ID_LENGTH] + "=="))
        token = links.token("confirm", registration_id, 1)
        (yield request("GET", f"/registrations/confirm/{token}")).expect(200)
        (yield request("POST", f"/registrations/confirm/{token}", b"", kind=FORM)).expect(303)

    return story


def _fields(name: str, slot: str) -> dict[str, str]:
    return {
        "slot": slot,
        "company-name": f"Betrieb {name}",
        "company-postcode": "44369",
        "contact-name": "Erika Beispiel",
        "contact-email": f"{name}@{name}.example",
        "contact-phone": "0231 123456",
        "myself": "1",
        "people": "1",
        "attendees-1-name": "Max Muster",
        "privacy": "1",
    }

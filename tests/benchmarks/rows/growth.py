"""Pages and lists with 100,000 registrations against 1,000: two stacks, asked in turns."""

from __future__ import annotations

import http.client
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

import jwt

from shared.sign_in import Authority, Coordinator
from shared.web.auth import SESSION_COOKIE
from tests.benchmarks.bench import Bench
from tests.benchmarks.filling import fill
from tests.benchmarks.place import Meeting, Place, place
from tests.benchmarks.table import Row, failed, times

SMALL, LARGE = 1_000, 100_000
MEETINGS = 5  # in both
EACH = 50  # registrations in every meeting but the first, which has all others
WORD = "ceemjhhi"  # the company of registration 500
ASKED = 15  # times each

# {word}: in one registration; {big}: the first meeting, {usual}: one of the others.
PATHS = {
    "public list of meetings": "/",
    "public meeting page": "/meetings/{slug}",
    "today": "/coordination/",
    "participants": "/coordination/meetings/{big}",
    "participants, a later page": "/coordination/meetings/{big}?page=4",
    "participants, search": "/coordination/meetings/{big}?q={word}",
    "participants, search for a word in all": "/coordination/meetings/{big}?q=beispiel",
    "participants, one state": "/coordination/meetings/{big}?state=held",
    "participants, newest first": "/coordination/meetings/{big}?sort=-changed",
    "list to print, usual meeting": "/coordination/meetings/{usual}/list",
    "export (CSV), usual meeting": "/coordination/meetings/{usual}/participants.csv",
    "companies": "/coordination/companies",
    "companies, search": "/coordination/companies?q={word}",
    "one registration": "/coordination/registrations/{registration}",
    "meetings, coordinators": "/scheduling/meetings",
    "meeting overview and roster": "/scheduling/meetings/{big}",
    "mail log": "/notifications/",
    "mail log, search": "/notifications/?q={word}",
    "mail log, one kind": "/notifications/?kind=registration_confirmed",
    "mails of a meeting": "/notifications/meetings/{big}",
    "API registrations": "/api/v1/registrations",
    "API registrations of a meeting": "/api/v1/registrations?meeting_id={big}",
    "API registrations, search": "/api/v1/registrations?q={word}",
    "API meetings": "/api/v1/meetings",
    "API roster, usual meeting": "/scheduling/api/v1/meetings/{usual}/roster",
    "API mails": "/notifications/api/v1/mails",
    "API mails of a registration": "/notifications/api/v1/mails?registration_id={registration}",
}


@dataclass
class Filled:
    """A stack with many registrations, and a signed-in connection to it."""

    place: Place
    meetings: list[Meeting]
    cookie: str
    connection: http.client.HTTPConnection

    def ask(self, path: str) -> float:
        """Seconds until the page is there. RuntimeError unless it is a 200."""
        headers = {"Cookie": f"{SESSION_COOKIE}={self.cookie}"}
        if "/api/" in path:
            headers = {"Authorization": f"Bearer {self.place.stack.token}"}
        begin = time.perf_counter()
        self.connection.request("GET", self._path(path), headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - begin
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {content[:200]!r}")
        return seconds

    def _path(self, path: str) -> str:
        return path.format(
            big=self.meetings[0].id,
            slug=self.meetings[0].slug,
            usual=self.meetings[-1].id,
            word=WORD,
            registration="01900003-0000-7000-8000-000000000005",
        )


def measure(bench: Bench) -> list[Row]:
    """One row per page: the median time against that with few."""
    del bench  # it needs two stacks of its own
    with ExitStack() as after:
        small, large = (_filled(after, number) for number in (SMALL, LARGE))
        return [_row(name, path, small, large) for name, path in PATHS.items()]


def _filled(after: ExitStack, number: int) -> Filled:
    here = after.enter_context(place())
    meetings = [here.meeting(slots=1, capacity=500) for _ in range(MEETINGS)]
    fill(here, meetings, number, each=EACH)
    here.pause()
    connection = http.client.HTTPConnection("127.0.0.1", here.stack.port, timeout=30)
    after.callback(connection.close)
    return Filled(here, meetings, _cookie(here), connection)


def _cookie(here: Place) -> str:
    """A sign-in of the admin, made with the installation's own key."""
    claims = jwt.decode(here.stack.token, options={"verify_signature": False})
    admin = Coordinator(
        id=UUID(claims["sub"]),
        name=claims["name"],
        email=claims["email"],
        role=claims["role"],
        network_ids=frozenset(),
        epoch=claims["epoch"],
    )
    return Authority(here.stack.settings).session_token(admin)


def _row(name: str, path: str, small: Filled, large: Filled) -> Row:
    work = f"100,000 against 1,000: {name}"
    try:
        for filled in (small, large, small, large):
            filled.ask(path)
        pairs = [(small.ask(path), large.ask(path)) for _ in range(ASKED)]
    except (RuntimeError, OSError, http.client.HTTPException) as error:
        return failed(work, error)
    few, many = (statistics.median(side) * 1000 for side in zip(*pairs, strict=True))
    return times(work, f"{many:.1f} ms", f"{few:.1f} ms", ratio=many / few, target=1.3)

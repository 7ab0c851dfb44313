"""Links in mails: programs that follow every one of them change nothing, and no link opens what it was not made for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from services.registration.app import create_app
from services.registration.models import Registration
from shared.database import Database
from shared.identifiers import new_id
from shared.links import PATHS, Links
from shared.settings import Settings
from shared.web.auth import SESSION_COOKIE
from shared.web.context import EXTENSION
from tests.factories import KEY
from tests.integration.registration_desk import close, desk_of
from tests.integration.registration_stories import confirmed, publish, sign
from tests.integration.test_invitations_pages import invite

# What a confused program adds, in case somebody listens to it.
TAILS = (
    "",
    "?_method=POST",
    "?action=cancel&answer=no&confirm=1&_method=DELETE",
    "?action=address&email=evil%40evil.example",
)
OVERRIDES: tuple[dict[str, str], ...] = ({}, {"X-HTTP-Method-Override": "POST"})


@dataclass
class Post:
    """A held and a confirmed registration, an invited contact, and every link that mails had for them."""

    app: Flask
    database: Database
    links: Links
    cookie: str
    targets: dict[str, tuple[UUID, int]]

    def path(self, purpose: Any) -> str:
        target, version = self.targets[purpose]
        return PATHS[purpose] + self.links.token(purpose, target, version)


@pytest.fixture
def post(registration_database: Database, settings: Settings) -> Iterator[Post]:
    """What has been mailed."""
    desk = desk_of(registration_database, settings)
    meeting = publish(registration_database, capacity=50)
    held = sign(registration_database, meeting)
    done = sign(registration_database, meeting, seats=2)
    confirmed(registration_database, done)
    petra, *_ = invite(desk, meeting)
    seat = attendee_of(registration_database, done.id)
    targets = {
        "confirm": (held.id, 1),
        "signed_up": (held.id, 1),
        "manage": (done.id, 1),
        "seat": (seat, 1),
        "ticket": (seat, 1),
        "invitation": (petra.id, petra.link_version),
    }
    cookie = desk.client.get_cookie(SESSION_COOKIE)
    assert cookie
    yield Post(desk.app, registration_database, desk.links, cookie.value, targets)
    close(desk)


def attendee_of(database: Database, registration_id: UUID) -> UUID:
    with database.reading() as session:
        return session.get_one(Registration, registration_id).attendees[0].id


def everything(database: Database) -> dict[str, list[str]]:
    """Every row of every table."""
    names = "select tablename from pg_tables where schemaname = 'public' order by 1"
    with database.reading() as session:
        return {
            name: sorted(session.scalars(text(f'select t::text from "{name}" t')))
            for name in session.scalars(text(names)).all()
        }


def follow(post: Post, path: str, method: str, headers: dict[str, str], *, signed_in: bool) -> int:
    client = post.app.test_client()
    if signed_in:
        client.set_cookie(SESSION_COOKIE, post.cookie)
    return client.open(path, method=method, headers=headers).status_code


def test_programs_that_follow_every_link_change_nothing(post: Post) -> None:
    before = everything(post.database)
    paths = [post.path(purpose) + tail for purpose in post.targets for tail in TAILS]
    visits = list(product(paths * 3, ("GET", "HEAD"), OVERRIDES, (True, False)))

    with ThreadPoolExecutor(4) as scanners:
        statuses = set(
            scanners.map(
                lambda visit: follow(post, visit[0], visit[1], visit[2], signed_in=visit[3]), visits
            )
        )

    assert statuses <= {200, 303}
    assert everything(post.database) == before


def test_after_the_programs_a_person_still_confirms(post: Post) -> None:
    for _ in range(3):
        follow(post, post.path("confirm"), "GET", {}, signed_in=False)

    answer = post.app.test_client().post(post.path("confirm"))

    assert answer.status_code == 303
    with post.database.reading() as session:
        held = session.get_one(Registration, post.targets["confirm"][0])
    assert held.state == "confirmed"


def spoiled(post: Post, purpose: str) -> dict[str, str]:
    """Tokens that look right and are not."""
    target, version = post.targets[purpose]
    good = post.links.token(purpose, target, version)  # type: ignore[arg-type]
    stranger = Links(rotated(post, (f"{KEY}-of-somebody-else",)))
    other = "manage" if purpose != "manage" else "confirm"
    flipped = ("B" if good[3] != "B" else "C").join((good[:3], good[4:]))
    return {
        "for something else": post.links.token(other, target, version),
        "of another installation": stranger.token(purpose, target, version),  # type: ignore[arg-type]
        "with a letter changed": flipped,
        "for a later version": good.replace(good[22], "7", 1) if good[22] != "7" else good[:-1],
        "cut short": good[:-1],
        "with more at its end": f"{good}A",
        "never made": "x" * len(good),
    }


@pytest.mark.parametrize("purpose", ["confirm", "signed_up", "manage", "ticket", "invitation"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_wrong_link_is_refused_alike(post: Post, purpose: str, method: str) -> None:
    if (purpose, method) == ("ticket", "POST"):
        return
    before = everything(post.database)
    answers = {
        words: post.app.test_client().open(PATHS[purpose] + token, method=method)
        for words, token in spoiled(post, purpose).items()
    }

    assert {words: a.status_code for words, a in answers.items()} == dict.fromkeys(answers, 404)
    assert len({answer.get_data() for answer in answers.values()}) == 1
    assert len({tuple(sorted(set(answer.headers.keys()))) for answer in answers.values()}) == 1
    assert everything(post.database) == before


def test_a_link_dies_with_the_version_that_replaces_it(post: Post) -> None:
    old = post.path("manage")
    with post.database.transaction() as session:
        session.get_one(Registration, post.targets["manage"][0]).link_version = 2

    assert post.app.test_client().get(old).status_code == 410
    assert post.app.test_client().post(old, data={"action": "cancel"}).status_code == 410


def test_a_link_for_nobody_is_refused(post: Post) -> None:
    for purpose in post.targets:
        post.targets[purpose] = (new_id(), 1)

        assert post.app.test_client().get(post.path(purpose)).status_code == 404


def test_links_of_a_rotated_key_work_until_it_is_removed(
    post: Post, registration_database: Database
) -> None:
    mailed = post.path("confirm")
    keys = post.app.extensions[EXTENSION].settings.secret_keys
    for secret_keys, status in (((f"{KEY}-new", *keys), 200), ((f"{KEY}-new",), 404)):
        app = create_app(rotated(post, secret_keys))
        assert app.test_client().get(mailed).status_code == status
        app.extensions[EXTENSION].database.close()


def rotated(post: Post, secret_keys: tuple[str, ...]) -> Settings:
    return replace(post.app.extensions[EXTENSION].settings, secret_keys=secret_keys)

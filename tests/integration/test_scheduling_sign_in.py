"""Accounts, passwords and sign-ins, on a real database."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

import pytest
from itsdangerous import Signer
from sqlalchemy import select, text, update

from services.scheduling.domain.password_links import PasswordLink
from services.scheduling.domain.refusals import RefusedError
from services.scheduling.models import Coordinator, LoginSession, LoginThrottle
from services.scheduling.periodic import forget_old_sign_ins
from services.scheduling.queries import coordinator_by_email
from services.scheduling.use_cases import accounts
from services.scheduling.worker import SERVICE
from shared.clock import now
from shared.database import Database
from shared.links import ACCOUNT_PATH
from shared.settings import Settings
from tests.hearing import hear_own
from tests.integration.scheduling_desk import Desk, Visitor, open_desk, token_of, waits_for_a_row
from tests.wait import wait_until

PASSWORD = "vier Worte im Regen"
OTHER = "drei Stühle am Fenster"


@pytest.fixture
def desk(scheduling_database: Database, settings: Settings) -> Iterator[Desk]:
    with open_desk(scheduling_database, settings) as desk:
        yield desk


def invite(desk: Desk, email: str, role: str = "coordinator") -> str:
    """The path of the link that sets the password."""
    with desk.database.transaction() as session:
        link = accounts.add_coordinator(session, desk.settings, email=email, name="Kora", role=role)
    return urlsplit(link).path


def signed_in(desk: Desk, email: str = "kora@stadt.example", role: str = "coordinator") -> Visitor:
    visitor = Visitor(desk.app)
    both = {"password": PASSWORD, "again": PASSWORD}
    visitor.post(invite(desk, email, role), both)
    return visitor


def cookie(visitor: Visitor, name: str, path: str = "/") -> str | None:
    found = visitor.client.get_cookie(name, path=path)
    return found.value if found else None


def account(desk: Desk, email: str = "kora@stadt.example") -> Coordinator:
    with desk.database.reading() as session:
        found = coordinator_by_email(session, email)
    assert found
    return found


def test_link_sets_a_password_once_and_signs_in(desk: Desk) -> None:
    visitor, path = Visitor(desk.app), invite(desk, "kora@stadt.example")
    answer = visitor.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert answer.headers["Location"] == "/coordination/"
    assert cookie(visitor, "treffpunkt_session")
    assert "used already" in Visitor(desk.app).get(path, 410).get_data(as_text=True)
    Visitor(desk.app).sign_in("Kora@Stadt.Example", PASSWORD)


def test_expired_and_foreign_links_are_friendly_pages(desk: Desk) -> None:
    path = invite(desk, "kora@stadt.example")
    with desk.database.transaction() as session:
        session.execute(update(Coordinator).values(link_expires_at=now()))
    assert "run out" in Visitor(desk.app).get(path, 410).get_data(as_text=True)
    assert "do not know" in Visitor(desk.app).get("/scheduling/password/x", 404).get_data(
        as_text=True
    )


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 12"),
        ("passwortpasswort", "passwortpasswort", "too easy"),
        ("kora@stadt.example", "kora@stadt.example", "too easy"),
        (PASSWORD, OTHER, "must be the same"),
    ],
)
def test_weak_password_is_explained(desk: Desk, password: str, again: str, words: str) -> None:
    values = {"password": password, "again": again}
    answer = Visitor(desk.app).post(invite(desk, "kora@stadt.example"), values, 422)
    assert words in answer.get_data(as_text=True)


def test_unknown_address_looks_like_a_wrong_password(desk: Desk) -> None:
    signed_in(desk)
    pages = [
        Visitor(desk.app).sign_in(email, "wrong password here", 422).get_data(as_text=True)
        for email in ("kora@stadt.example", "nora@stadt.example")
    ]
    assert all("do not fit together" in page for page in pages)
    assert len(pages[0]) - len(pages[1]) == 0


def test_wrong_tries_wait_and_nobody_is_locked_out(desk: Desk) -> None:
    signed_in(desk)
    visitor = Visitor(desk.app)
    for _try in range(4):
        visitor.sign_in("kora@stadt.example", "wrong", 422)
    assert visitor.sign_in("kora@stadt.example", "wrong", 429).headers["Retry-After"] == "1"
    visitor.sign_in("kora@stadt.example", PASSWORD, 429)
    elsewhere = Visitor(desk.app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    elsewhere.sign_in("kora@stadt.example", PASSWORD)
    with desk.database.transaction() as session:
        session.execute(update(LoginThrottle).values(failed_at=text("failed_at - interval '9 s'")))
    visitor.sign_in("kora@stadt.example", PASSWORD)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/\nx"]
)
def test_nobody_is_sent_to_another_site(desk: Desk, target: str) -> None:
    visitor = signed_in(desk)
    answer = visitor.client.get("/scheduling/session", query_string={"next": target})
    assert answer.headers["Location"] == "/coordination/"


def test_session_is_renewed_until_it_ends(desk: Desk) -> None:
    visitor = signed_in(desk)
    answer = visitor.get("/scheduling/session?next=/scheduling/meetings?page=2", 303)
    assert answer.headers["Location"] == "/scheduling/meetings?page=2"
    with desk.database.transaction() as session:
        session.execute(update(LoginSession).values(expires_at=now()))
    answer = visitor.get("/scheduling/session?next=/scheduling/meetings", 303)
    assert answer.headers["Location"] == "/scheduling/login?next=%2Fscheduling%2Fmeetings"
    forget_old_sign_ins(desk.database, now())
    with desk.database.reading() as session:
        assert session.query(LoginSession).count() == 0


def test_logout_ends_the_sign_in(desk: Desk) -> None:
    visitor = signed_in(desk)
    visitor.get("/scheduling/logout")
    visitor.post("/scheduling/logout", {})
    assert cookie(visitor, "treffpunkt_session") is None
    answer = visitor.get("/scheduling/session?next=/coordination/", 303)
    assert answer.headers["Location"].startswith("/scheduling/login")


def secret_of(path: str) -> str:
    return path.rpartition(".")[2]


def forged(desk: Desk, key: str, version: int) -> str:
    """A link as all other links of mails are made."""
    digest = staticmethod(partial(hashlib.blake2b, digest_size=16))
    signer = Signer(key, salt="treffpunkt.link.password", digest_method=digest)
    name = urlsafe_b64encode(account(desk).id.bytes).rstrip(b"=").decode()
    return ACCOUNT_PATH + signer.sign(f"{name}{version}").decode()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_the_key_that_all_services_share_makes_no_password_link(desk: Desk, version: int) -> None:
    signed_in(desk, role="admin")
    Visitor(desk.app).post("/scheduling/password", {"email": "kora@stadt.example"}, 200)
    hear_own(desk.database, SERVICE)
    both = {"password": OTHER, "again": OTHER}

    for key in desk.settings.secret_keys:
        path, used = forged(desk, key, version), version < account(desk).link_version
        Visitor(desk.app).get(path, 410 if used else 404)
        Visitor(desk.app).post(path, both, 410 if used else 404, form="/scheduling/password")

    Visitor(desk.app).sign_in("kora@stadt.example", PASSWORD)


def test_the_secret_of_a_used_link_makes_no_later_one(desk: Desk) -> None:
    path = invite(desk, "kora@stadt.example")
    Visitor(desk.app).post(path, {"password": PASSWORD, "again": PASSWORD})
    found = account(desk)
    later = PasswordLink(
        coordinator_id=found.id, version=found.link_version, secret=secret_of(path)
    )
    assert found.link_secret is None

    Visitor(desk.app).post("/scheduling/password", {"email": "kora@stadt.example"}, 200)
    hear_own(desk.database, SERVICE)

    Visitor(desk.app).get(ACCOUNT_PATH + later.token, 404)


def test_asking_again_mails_the_same_link_while_it_works(desk: Desk) -> None:
    path = invite(desk, "kora@stadt.example")

    Visitor(desk.app).post("/scheduling/password", {"email": "kora@stadt.example"}, 200)
    hear_own(desk.database, SERVICE)

    assert desk.facts("PasswordLinkRequested")[-1]["token"] == path.removeprefix(ACCOUNT_PATH)


def test_a_link_whose_time_is_over_does_not_come_back(desk: Desk) -> None:
    path = invite(desk, "kora@stadt.example")
    with desk.database.transaction() as session:
        session.execute(update(Coordinator).values(link_expires_at=now()))

    Visitor(desk.app).post("/scheduling/password", {"email": "kora@stadt.example"}, 200)
    hear_own(desk.database, SERVICE)

    Visitor(desk.app).get(path, 404)
    Visitor(desk.app).get(ACCOUNT_PATH + desk.facts("PasswordLinkRequested")[-1]["token"])


def test_start_page_leads_on(desk: Desk) -> None:
    visitor = Visitor(desk.app)
    assert visitor.get("/scheduling/", 303).headers["Location"] == "/scheduling/login"
    assert signed_in(desk).get("/scheduling/", 303).headers["Location"] == "/coordination/"


def test_form_without_its_token_is_refused(desk: Desk) -> None:
    values = {"email": "kora@stadt.example", "password": PASSWORD}
    assert Visitor(desk.app).client.post("/scheduling/login", data=values).status_code == 400


def test_forgotten_password_is_answered_alike_and_mailed_once(desk: Desk) -> None:
    signed_in(desk)
    for email in ("kora@stadt.example", "nora@stadt.example", "kora@stadt.example"):
        page = Visitor(desk.app).post("/scheduling/password", {"email": email}, 200)
        assert "look into your mailbox" in page.get_data(as_text=True)
    assert hear_own(desk.database, SERVICE) == 3
    (fact,) = desk.facts("PasswordLinkRequested")
    assert (fact["email"], fact["purpose"]) == ("kora@stadt.example", "reset")
    path = f"{ACCOUNT_PATH}{fact['token']}"
    Visitor(desk.app).post(path, {"password": OTHER, "again": OTHER})
    Visitor(desk.app).sign_in("kora@stadt.example", OTHER)
    Visitor(desk.app).sign_in("kora@stadt.example", PASSWORD, 422)


def test_reset_ends_sign_ins_and_tokens(desk: Desk) -> None:
    visitor = signed_in(desk)
    with desk.database.transaction() as session:
        found = accounts.add_token(
            session, desk.settings, name="x", coordinator_email="kora@stadt.example"
        )
    other = Desk(desk.app, desk.database, desk.settings, found)
    assert other.answer("GET", "/meetings").status_code == 200
    with desk.database.transaction() as session:
        accounts.passwords.change(session, account(desk).id, old=PASSWORD, new=OTHER)
    assert other.answer("GET", "/meetings").status_code == 401
    assert "login" in visitor.get("/scheduling/session?next=/x", 303).headers["Location"]
    assert desk.facts("CoordinatorSaved")[-1]["epoch"] == 2


def test_successor_gets_the_networks_of_who_leaves(desk: Desk) -> None:
    network = desk.network()
    token_of(desk.database, desk.settings, "old@stadt.example", "coordinator", "dortmund-west")
    token_of(desk.database, desk.settings, "new@stadt.example", "coordinator")
    old, new = account(desk, "old@stadt.example"), account(desk, "new@stadt.example")
    with desk.database.transaction() as session:
        accounts.deactivate(session, old.id, successor_id=new.id)
    saved = {fact["email"]: fact for fact in desk.facts("CoordinatorSaved")}
    assert saved["new@stadt.example"]["network_ids"] == [network["id"]]
    assert (saved["old@stadt.example"]["active"], saved["old@stadt.example"]["epoch"]) == (False, 2)


def test_last_administrator_stays(desk: Desk) -> None:
    only = account(desk, "a@stadt.example")
    with pytest.raises(RefusedError), desk.database.transaction() as session:
        accounts.deactivate(session, only.id, successor_id=None)


def test_revoked_token_is_refused(desk: Desk) -> None:
    only = account(desk, "a@stadt.example")
    with desk.database.transaction() as session:
        (token,) = accounts.account(session, only.id).tokens
        accounts.revoke_token(session, only.id, token.id)
    assert desk.answer("GET", "/meetings").status_code == 401
    assert desk.facts("CoordinatorSaved")[-1]["revoked_token_ids"] == [str(token.id)]


def test_the_old_password_opens_nothing_that_outlives_its_change(desk: Desk) -> None:
    signed_in(desk)
    visitor = Visitor(desk.app)
    with ThreadPoolExecutor(1) as thief, desk.database.transaction() as session:
        accounts.passwords.change(session, account(desk).id, old=PASSWORD, new=OTHER)
        # He has read the old hash, and waits for the account when this is committed.
        late = thief.submit(visitor.sign_in, "kora@stadt.example", PASSWORD, 422)
        wait_until(lambda: waits_for_a_row(desk), within=10)
        session.commit()
        late.result()

    with desk.database.reading() as session:
        assert session.scalars(select(LoginSession)).all() == []

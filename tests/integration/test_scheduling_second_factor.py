"""The second factor, its recovery codes, and the end of sign-ins, on a real database."""

from __future__ import annotations

import re
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from services.scheduling.app import create_app
from services.scheduling.domain.codes import recovery_hash
from services.scheduling.models import (
    ApiToken,
    Coordinator,
    LoginThrottle,
    RecoveryCode,
    SecondFactor,
)
from services.scheduling.queries import coordinator_by_email
from services.scheduling.use_cases import accounts, second_factor
from services.scheduling.use_cases.second_factor import Vault
from shared.database import Database
from shared.links import ACCOUNT_PATH
from shared.settings import Settings
from tests.code_app import code
from tests.integration.scheduling_desk import Desk, Visitor, open_desk
from tests.integration.test_scheduling_sign_in import OTHER, PASSWORD, cookie, invite, signed_in
from treffpunkt.keys import make_keys

KORA = "kora@stadt.example"
ACCOUNT = "/scheduling/account"
OWN = f"{ACCOUNT}/second-factor"
STEP = "/scheduling/login/code"


@pytest.fixture
def desk(scheduling_database: Database, settings: Settings) -> Iterator[Desk]:
    with open_desk(scheduling_database, settings) as desk:
        yield desk


@dataclass
class Kora:
    """She has set her app up."""

    desk: Desk
    visitor: Visitor
    secret: str
    first: str  # the code that put it in force
    codes: list[str]

    def code(self, steps: int = 1) -> str:
        """Steps ahead: the code of this very moment was used for setting up."""
        return code(self.secret, steps=steps)

    def half_in(self) -> Visitor:
        """Another browser in which the password was right."""
        visitor = Visitor(self.desk.app)
        answer = visitor.sign_in(KORA, PASSWORD)
        assert answer.headers["Location"].startswith(f"{STEP}?next=")
        return visitor


def shown(page: TestResponse) -> list[str]:
    return re.findall(r'<code class="token">([^<]+)</code>', page.get_data(as_text=True))


def set_up(desk: Desk, visitor: Visitor) -> Kora:
    visitor.post(OWN, {"old": PASSWORD})
    (secret,) = shown(visitor.get(f"{OWN}/setup"))
    first = code(secret)
    page = visitor.post(f"{OWN}/setup", {"code": first}, 200)
    return Kora(desk, visitor, secret, first, shown(page))


@pytest.fixture
def kora(desk: Desk) -> Kora:
    return set_up(desk, signed_in(desk))


def is_in(visitor: Visitor) -> bool:
    return visitor.client.get("/scheduling/account").status_code == 200


def test_setting_up_wants_the_password_and_shows_the_secret_as_picture_and_text(desk: Desk) -> None:
    visitor = signed_in(desk)
    assert "nicht Ihr bisheriges" in visitor.post(OWN, {"old": "x"}, 422).get_data(as_text=True)
    visitor.post(OWN, {"old": PASSWORD})
    page = visitor.get(f"{OWN}/setup").get_data(as_text=True)
    assert 'src="data:image/svg+xml' in page
    assert visitor.post(f"{OWN}/setup", {"code": "12"}, 422)
    Visitor(desk.app).sign_in(KORA, PASSWORD)  # not in force yet


def test_signing_in_needs_password_and_code(kora: Kora) -> None:
    visitor = kora.half_in()
    assert cookie(visitor, "treffpunkt_session") is None
    assert not is_in(visitor)
    visitor.post(STEP, {"code": "000000"}, 422)
    assert not is_in(visitor)
    answer = visitor.post(STEP, {"code": kora.code(), "next": "/scheduling/meetings"})
    assert answer.headers["Location"] == "/scheduling/meetings"
    assert is_in(visitor)


def test_the_step_alone_opens_nothing_and_does_not_last(kora: Kora) -> None:
    assert Visitor(kora.desk.app).get(STEP, 303).headers["Location"] == "/scheduling/login"
    visitor = kora.half_in()
    with kora.desk.database.transaction() as session:
        accounts.passwords.change(session, account(kora.desk).id, old=PASSWORD, new=OTHER)
    assert visitor.get(STEP, 303).headers["Location"] == "/scheduling/login"


def account(desk: Desk) -> Coordinator:
    with desk.database.reading() as session:
        found = coordinator_by_email(session, KORA)
    assert found
    return found


def test_a_code_counts_once(kora: Kora) -> None:
    first, second, fresh = kora.half_in(), kora.half_in(), kora.code()
    first.post(STEP, {"code": fresh})
    second.post(STEP, {"code": fresh}, 422)
    assert (is_in(first), is_in(second)) == (True, False)


def test_the_code_that_set_it_up_signs_nobody_in(kora: Kora) -> None:
    kora.half_in().post(STEP, {"code": kora.first}, 422)


def test_of_the_same_code_in_two_processes_one_wins(kora: Kora) -> None:
    vault, database = Vault(kora.desk.settings), kora.desk.database
    fresh, barrier, won = kora.code(), threading.Barrier(4), []

    def attempt() -> None:
        barrier.wait(10)
        with database.transaction() as session:
            done = second_factor.check(session, vault, person, fresh, familiar=True)
        won.append(done.right)

    person = account(kora.desk).id
    threads = [threading.Thread(target=attempt) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(won) == [False, False, False, True]


def test_a_recovery_code_works_once_in_place_of_the_app(kora: Kora) -> None:
    assert len(set(kora.codes)) == 10
    answer = kora.half_in().post(STEP, {"code": kora.codes[0].upper()})
    assert answer.headers["Location"] == "/scheduling/account"
    kora.half_in().post(STEP, {"code": kora.codes[0]}, 422)
    assert "9 Ersatzcodes sind übrig" in kora.visitor.get(OWN).get_data(as_text=True)


def test_new_recovery_codes_replace_the_old_ones(kora: Kora) -> None:
    page = kora.visitor.post(f"{OWN}/codes", {"code": kora.code()}, 200, form=OWN)
    kora.half_in().post(STEP, {"code": kora.codes[0]}, 422)
    kora.half_in().post(STEP, {"code": shown(page)[3]})


def test_the_sixth_wrong_code_waits_and_the_wait_ends(kora: Kora) -> None:
    visitor = kora.half_in()
    for _try in range(4):
        visitor.post(STEP, {"code": "000000"}, 422)
    assert visitor.post(STEP, {"code": "000000"}, 429).headers["Retry-After"] == "1"
    visitor.post(STEP, {"code": kora.code()}, 429)
    with kora.desk.database.transaction() as session:
        session.execute(update(LoginThrottle).values(failed_at=text("failed_at - interval '9 s'")))
    visitor.post(STEP, {"code": kora.code()})


def test_somebody_elses_guessing_does_not_delay_a_known_browser(kora: Kora) -> None:
    stranger, visitor = kora.half_in(), kora.visitor
    for _try in range(5):
        stranger.client.post(STEP)  # without a token: not counted
    for status in (422, 422, 422, 422, 429):
        stranger.post(STEP, {"code": "000000"}, status)
    visitor.post("/scheduling/logout", {})
    visitor.sign_in(KORA, PASSWORD)
    visitor.post(STEP, {"code": kora.code()})


def test_switching_on_and_off_signs_out_other_devices(kora: Kora) -> None:
    other = kora.half_in()
    other.post(STEP, {"code": kora.codes[1]})
    kora.visitor.post(f"{OWN}/remove", {"code": "000000"}, 422, form=OWN)
    kora.visitor.post(f"{OWN}/remove", {"code": kora.codes[2]}, form=OWN)
    assert (is_in(kora.visitor), is_in(other)) == (True, False)
    Visitor(kora.desk.app).sign_in(KORA, PASSWORD)


def test_resetting_the_password_does_not_go_round_it(kora: Kora) -> None:
    visitor = Visitor(kora.desk.app)
    visitor.post("/scheduling/password", {"email": KORA}, 200)
    path = reset_path(kora.desk)
    answer = visitor.post(path, {"password": OTHER, "again": OTHER})
    assert answer.headers["Location"].startswith(STEP)
    assert not is_in(visitor)


def reset_path(desk: Desk) -> str:
    with desk.database.transaction() as session:
        found = coordinator_by_email(session, KORA)
        assert found
        return ACCOUNT_PATH + accounts.passwords.open_link(found, accounts.passwords.RESET_LIFE)


def test_an_administrator_takes_it_away_from_somebody_who_lost_everything(kora: Kora) -> None:
    admin = Visitor(kora.desk.app)
    both = {"password": PASSWORD, "again": PASSWORD}
    admin.post(invite(kora.desk, "root@stadt.example", "admin"), both)
    place = f"/scheduling/coordinators/{account(kora.desk).id}"
    admin.post(f"{place}/second-factor/remove", {}, form=place)
    assert not is_in(kora.visitor)
    Visitor(kora.desk.app).sign_in(KORA, PASSWORD)
    assert kora.desk.facts("CoordinatorSaved")[-1]["epoch"] == 3


def test_the_database_alone_holds_neither_secret_nor_codes(kora: Kora) -> None:
    query = "select (select row_to_json(f)::text from second_factor f) || json_agg(c)::text from recovery_code c"
    with kora.desk.database.reading() as session:
        dump = session.execute(text(query)).scalar_one()
        kept = session.query(RecoveryCode.hash).all()
    assert kora.secret.replace(" ", "") not in dump
    assert not any(one in dump for one in kora.codes)
    assert {recovery_hash(one) for one in kora.codes} == {row.hash for row in kept}


def is_right(kora: Kora, settings: Settings, typed: str) -> bool:
    with kora.desk.database.transaction() as session:
        person = account(kora.desk).id
        return second_factor.check(session, Vault(settings), person, typed, familiar=True).right


def kept_secret(kora: Kora) -> str:
    with kora.desk.database.reading() as session:
        return session.scalars(select(SecondFactor.secret)).one()


def fernet_of(key: bytes) -> Fernet:
    kdf = HKDF(SHA256(), length=32, salt=None, info=b"treffpunkt.second-factor")
    return Fernet(urlsafe_b64encode(kdf.derive(key)))


def test_the_key_that_all_services_share_opens_no_secret(kora: Kora) -> None:
    for key in kora.desk.settings.secret_keys:
        with pytest.raises(InvalidToken):
            fernet_of(key.encode()).decrypt(kept_secret(kora).encode())


def test_a_secret_of_before_is_opened_and_locked_anew_when_it_is_used(kora: Kora) -> None:
    settings = kora.desk.settings
    shared = fernet_of(settings.secret_keys[0].encode())
    secret = Vault(settings).open(kept_secret(kora))
    assert secret
    with kora.desk.database.transaction() as session:
        session.execute(update(SecondFactor).values(secret=shared.encrypt(secret).decode()))

    assert not is_right(kora, settings, "000000")
    assert shared.decrypt(kept_secret(kora).encode()) == secret
    assert is_right(kora, settings, kora.code())

    with pytest.raises(InvalidToken):
        shared.decrypt(kept_secret(kora).encode())
    assert Vault(settings).open(kept_secret(kora)) == secret


def test_with_another_pair_of_keys_recovery_codes_still_work(kora: Kora) -> None:
    private = make_keys()["SESSION_PRIVATE_KEY"]
    settings = replace(kora.desk.settings, session_private_key=private)

    assert not is_right(kora, settings, kora.code())
    assert is_right(kora, settings, kora.codes[0])


def test_secrets_stay_readable_after_a_rotation_of_keys(kora: Kora) -> None:
    rotated = replace(kora.desk.settings, secret_keys=("n" * 40, *kora.desk.settings.secret_keys))
    with kora.desk.database.transaction() as session:
        done = second_factor.check(
            session, Vault(rotated), account(kora.desk).id, kora.code(), familiar=True
        )
    assert done.right


@pytest.fixture
def strict(desk: Desk) -> Iterator[Desk]:
    """The same desk where the installation demands a second factor."""
    app = create_app(replace(desk.settings, second_factor_required=True))
    app.testing = True
    yield replace(desk, app=app)
    app.extensions["treffpunkt"].database.close()


def test_where_it_is_demanded_signing_in_leads_through_setting_it_up(strict: Desk) -> None:
    visitor = Visitor(strict.app)
    both = {"password": PASSWORD, "again": PASSWORD}
    place = visitor.post(invite(strict, KORA), both).headers["Location"]
    assert place.startswith("/scheduling/login/setup?next=")
    assert not is_in(visitor)
    (secret,) = shown(visitor.get(place))
    visitor.post("/scheduling/login/setup", {"code": "000000"}, 422)
    page = visitor.post("/scheduling/login/setup", {"code": code(secret)}, 200)
    assert len(shown(page)) == 10
    assert is_in(visitor)
    assert visitor.post(f"{OWN}/remove", {"code": code(secret, steps=1)}, 409, form=OWN)


def test_sign_ins_from_before_the_demand_end_with_their_cookie(desk: Desk, strict: Desk) -> None:
    visitor = signed_in(desk)
    visitor.client.application = strict.app
    answer = visitor.get("/scheduling/session?next=/coordination/", 303)
    assert answer.headers["Location"].startswith("/scheduling/login")


def test_a_token_is_made_with_the_password_and_a_code(kora: Kora) -> None:
    path, form = f"{ACCOUNT}/tokens", ACCOUNT
    asked = {"token_name": "Bericht"}
    kora.visitor.post(path, asked | {"code": kora.code()}, 422, form=form)
    asked["token_password"] = PASSWORD
    for wrong in ({}, {"code": "000000"}, {"code": kora.first}):
        refused = kora.visitor.post(path, asked | wrong, 422, form=form)
        assert "Bericht" in refused.get_data(as_text=True)

    made = kora.visitor.post(path, asked | {"code": kora.code()}, 200, form=form)

    assert len(shown(made)) == 1
    own = select(ApiToken.name).where(ApiToken.coordinator_id == account(kora.desk).id)
    with kora.desk.database.reading() as session:
        assert session.scalars(own).all() == ["Bericht"]

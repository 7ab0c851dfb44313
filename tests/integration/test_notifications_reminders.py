"""Planned mails: due at the right time, to the right people, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select, update

from services.notifications import periodic
from services.notifications.domain import reminders
from services.notifications.models import PlannedMail, Registration
from shared.clock import now
from shared.database import Database
from tests import notices
from tests.notices import Desk

DAY = timedelta(days=1)


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database).opened()


def planned(desk: Desk, state: str = "planned") -> list[datetime]:
    query = select(PlannedMail.due_at).where(PlannedMail.state == state)
    with desk.database.reading() as session:
        return list(session.scalars(query.order_by(PlannedMail.due_at)))


def confirmed_days_ago(desk: Desk, days: int) -> None:
    with desk.database.transaction() as session:
        session.execute(update(Registration).values(confirmed_at=now() - days * DAY))


def let_due(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.execute(update(PlannedMail).values(due_at=now() - timedelta(minutes=1)))
    periodic.make_due_mails(desk.database, now())


def reminded(desk: Desk) -> list[str]:
    return [mail.recipient.partition("@")[0] for mail in desk.mails("reminder")]


def test_everybody_with_a_seat_is_reminded_once_per_rule(desk: Desk) -> None:
    desk.hear(notices.confirmed())
    confirmed_days_ago(desk, 3)

    let_due(desk)
    periodic.make_due_mails(desk.database, now())

    assert sorted(reminded(desk)) == ["anna", "anna", "berta", "berta"]


def test_who_signed_up_after_it_was_due_is_not_reminded(desk: Desk) -> None:
    desk.hear(notices.confirmed())

    let_due(desk)

    assert reminded(desk) == []


def let_everything_happen(desk: Desk, moment: datetime) -> None:
    """Everything by the clock, as it happens at *moment* after everything had been away."""
    periodic.make_due_mails(desk.database, moment)


def test_after_an_outage_only_the_last_reminder_of_a_slot_is_sent(desk: Desk) -> None:
    desk.hear(notices.confirmed())
    confirmed_days_ago(desk, 3)

    let_everything_happen(desk, notices.starts_at() - timedelta(hours=12))

    assert sorted(reminded(desk)) == ["anna", "berta"]
    assert planned(desk) == []


def test_after_an_outage_nobody_is_reminded_of_what_has_begun(desk: Desk) -> None:
    desk.hear(notices.confirmed())
    confirmed_days_ago(desk, 3)

    let_everything_happen(desk, notices.starts_at() + timedelta(minutes=1))

    assert (reminded(desk), planned(desk)) == ([], [])


def test_a_reminder_that_was_sent_in_time_is_followed_by_the_next(desk: Desk) -> None:
    desk.hear(notices.confirmed())
    confirmed_days_ago(desk, 3)

    let_everything_happen(desk, notices.starts_at() - 6 * DAY)
    let_everything_happen(desk, notices.starts_at() - timedelta(hours=12))

    assert sorted(reminded(desk)) == ["anna", "anna", "berta", "berta"]


def test_two_workers_remind_once(desk: Desk) -> None:
    desk.hear(notices.confirmed())
    confirmed_days_ago(desk, 3)
    with desk.database.transaction() as session:
        session.execute(update(PlannedMail).values(due_at=now() - timedelta(minutes=1)))

    threads = [
        Thread(target=periodic.make_due_mails, args=(desk.database, now())) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(reminded(desk)) == ["anna", "anna", "berta", "berta"]


def test_a_moved_meeting_moves_its_reminders(desk: Desk) -> None:
    moved = notices.changed("starts_at", start=notices.starts_at() + 3 * DAY)

    desk.hear(moved)

    wanted = reminders.plan(notices.read(moved), reminders.DEFAULT_RULES)
    assert planned(desk) == [one.due_at for one in wanted]


def test_a_plan_that_is_due_survives_an_edit(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.execute(update(PlannedMail).values(due_at=now() - timedelta(seconds=5)))

    desk.hear(notices.changed("title", title="Neu"))

    assert len(planned(desk)) == 2


def test_a_meeting_brought_forward_plans_nothing_that_is_past(desk: Desk) -> None:
    desk.hear(notices.changed("starts_at", start=now() + 3 * DAY))

    assert len(planned(desk)) == 1


def test_a_cancelled_meeting_reminds_nobody(desk: Desk) -> None:
    desk.hear(notices.confirmed(), notices.meeting_cancelled())

    assert planned(desk) == []


def test_whoever_forgets_to_confirm_is_asked_once_more(desk: Desk) -> None:
    desk.hear(notices.held())

    let_due(desk)

    assert [mail.details for mail in desk.mails("confirm_address")] == [{}, {"nudge": True}]


def test_whoever_has_confirmed_is_not_asked_again(desk: Desk) -> None:
    desk.hear(notices.held(), notices.confirmed())

    let_due(desk)

    assert len(desk.mails("confirm_address")) == 1


def test_short_holdings_need_no_nudge(desk: Desk) -> None:
    number = len(planned(desk))

    desk.hear(notices.held(held_until=now() + timedelta(hours=2)))

    assert len(planned(desk)) == number

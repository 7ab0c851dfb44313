"""Mails: one for each event that asks for one, sent or with a reason, and none being sent for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from operator import attrgetter
from typing import Any

from shared.messaging.checks import Break
from treffpunkt.invariants import changes
from treffpunkt.invariants.books import Books, side_by_side

# Stuck mails are settled every minute.
SETTLED = timedelta(minutes=3)

# Events that ask for a mail to the contact or the invited, named after the revision it tells of.
ASKED = """
    select aggregate_id as subject_id, revision, name, occurred_at >= :settled as young,
        case when name = 'InvitationIssued' then 'invitation' else 'registration' end as thing,
        payload->>'previous_state' as previous, payload->>'reason' as reason,
        payload->>'verified_at' is not null as verified, payload->'changes' ? 'address' as corrected,
        coalesce(payload->'contact'->>'email', payload->>'contact_email', '') <> '' as reachable
    from outbox_event where name in (
        'InvitationIssued', 'RegistrationHeld', 'ApprovalRequested', 'RegistrationWaitlisted',
        'RegistrationConfirmed', 'RegistrationChanged', 'RegistrationCancelled',
        'RegistrationDeclined', 'RegistrationExpired')
    order by aggregate_id, revision
"""
WRITTEN = """
    select coalesce(registration_id, invitation_id) as subject_id,
        case when registration_id is null then 'invitation' else 'registration' end as thing,
        cast(substring(key from :named) as int) as revision, kind,
        created_at >= :settled or created_at < :remembered as unjudged
    from mail
    where (person = 'contact' and registration_id is not null and kind in (
            'confirm_address', 'waitlisted', 'registration_confirmed', 'registration_changed',
            'registration_cancelled', 'waitlist_closed', 'undecided')
        or kind = 'invitation')
      and not (kind = 'confirm_address' and key !~ :named)  -- asked for again, or a nudge
      and key not like '%former'  -- to the address it had before, besides the one to the present
      and key not like 'erased:%'  -- the last one to somebody who was erased; its fact is PersonErased
    order by subject_id, coalesce(cast(substring(key from :named) as int), 0)
"""
NAMED = "^[a-z_]+:[0-9a-f-]{36}:([0-9]+)(?::contact)?$"
# A cancelled meeting is told once, whichever event comes first.
OFF = """
    select aggregate_id as registration_id, occurred_at >= :settled as young from outbox_event
    where name = 'RegistrationCancelled' and payload->>'reason' = 'meeting_cancelled'
      and coalesce(payload->'contact'->>'email', '') <> ''
      and payload->>'linked_to' is null  -- told with the registration it belongs to
    order by aggregate_id
"""
TOLD_OFF = """
    select registration_id from mail
    where kind = 'meeting_cancelled' and person = 'contact' order by registration_id
"""
STEPS = """
    select registration_id, person, details->>'sequence' as step, count(*) as number from mail
    where details ? 'sequence' and registration_id is not null
    group by registration_id, person, details->>'sequence' having count(*) > 1
    order by registration_id, person
"""
NOT_OUT = """
    select id, kind, state from mail
    where (state in ('queued', 'retry') and ready and due_at < :due
           and (claimed_until is null or claimed_until < :now))
       or (state in ('queued', 'retry') and not ready and created_at < :settled)
       or (created_at > :remembered and erased_at is null
           and (state in ('failed', 'ambiguous', 'suppressed') and coalesce(smtp_text, '') = ''
                or state = 'sent' and sent_at is null))
    order by id
"""
STUCK = "select id, kind from mail where state = 'sending' and claimed_until < :stuck order by id"


def _ended(event: Any) -> set[str]:
    return set() if event.reason == "meeting_cancelled" else {"registration_cancelled"}


ASKS: Mapping[str, Callable[[Any], set[str]]] = {
    "InvitationIssued": lambda _: {"invitation"},
    "RegistrationHeld": lambda _: {"confirm_address"},
    "ApprovalRequested": lambda event: set() if event.verified else {"confirm_address"},
    "RegistrationWaitlisted": lambda e: set() if e.previous == "waitlisted" else {"waitlisted"},
    "RegistrationConfirmed": lambda _: {"registration_confirmed"},
    # Of a correction that was overtaken by the confirmation itself, the change is told.
    "RegistrationChanged": lambda event: (
        {"registration_changed"} | ({"confirm_address"} if event.corrected else set())
    ),
    "RegistrationCancelled": _ended,
    "RegistrationDeclined": _ended,
    "RegistrationExpired": lambda event: {event.reason} & {"waitlist_closed", "undecided"},
}


def one_per_event(books: Books) -> Iterator[Break]:
    """Events without their mail, and mails without their event or beside another one for it."""
    asked = books.rows("registration", ASKED)
    written = books.rows("notifications", WRITTEN, named=NAMED)
    of_revision = attrgetter("subject_id", "revision")
    for events, mails in side_by_side(asked, written, lambda row: _known(of_revision(row))):
        kinds = [mail.kind for mail in mails]
        kind = ASKS[events[0].name](events[0]) if events else set()
        if events and kind and not kinds and events[0].reachable and not events[0].young:
            yield _about(events[0], f"{events[0].name} without a mail")
        surplus = len(kinds) > 1 or not set(kinds) <= kind
        if surplus and not any(mail.unjudged for mail in mails):
            told = events[0].name if events else "no event"
            yield _about(mails[0], f"{', '.join(kinds)} for {told}")
    yield from _cancelled_meetings(books)
    yield from changes.untold(books)


def _known(key: tuple[Any, int | None]) -> tuple[Any, int]:
    # A mail that is not named after a revision stands before all that are.
    return key[0], key[1] or 0


def _cancelled_meetings(books: Books) -> Iterator[Break]:
    events, mails = books.rows("registration", OFF), books.rows("notifications", TOLD_OFF)
    for told, written in side_by_side(events, mails, attrgetter("registration_id")):
        if told and not told[0].young and not written:
            yield Break(
                thing="registration",
                id=str(told[0].registration_id),
                says="cancelled with its meeting without a mail",
            )


def one_per_calendar_step(books: Books) -> Iterator[Break]:
    """The same step of a calendar entry in several mails."""
    for row in books.rows("notifications", STEPS):
        says = f"{row.number} mails with step {row.step}"
        yield Break(thing="registration", id=str(row.registration_id), says=says)


def out(books: Books) -> Iterator[Break]:
    """Mails that should have gone, or that ended without saying why."""
    due = books.now if books.at_rest else books.settled
    for row in books.rows("notifications", NOT_OUT, due=due):
        yield _mail(row, f"{row.kind} is {row.state}")


def within_lease(books: Books) -> Iterator[Break]:
    """Mails whose mailer is gone, and nobody said so."""
    for row in books.rows("notifications", STUCK, stuck=books.now - SETTLED):
        yield _mail(row, f"{row.kind} is being sent")


def _mail(row: Any, says: str) -> Break:
    return Break(thing="mail", id=str(row.id), says=says)


def _about(row: Any, says: str) -> Break:
    return Break(thing=row.thing, id=str(row.subject_id), says=f"revision {row.revision}: {says}")


INVARIANTS = {
    "one-mail-per-event": one_per_event,
    "one-mail-per-calendar-step": one_per_calendar_step,
    "mails-out": out,
    "mails-within-lease": within_lease,
}

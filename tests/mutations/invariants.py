"""Breaks of invariants, and of other guarantees that hold without any fault."""

from __future__ import annotations

from tests.mutations.mutation import Edit, mutation, of_fault

INVARIANTS = "tests/integration/test_invariants.py"
STORY = f"{INVARIANTS}::test_they_hold_after_everything_a_claim_can_go_through"
BACKWARDS = f"{INVARIANTS}::test_they_hold_when_events_arrive_backwards"
LOST = f"{INVARIANTS}::test_they_hold_when_an_event_was_lost_on_its_way"
LOST_START = f"{INVARIANTS}::test_they_hold_when_a_start_was_lost"
DEAD_MAILER = f"{INVARIANTS}::test_they_hold_when_a_mailer_died_while_sending"
HISTORY = "tests/integration/test_seats_history.py::test_what_many_were_told_at_once_has_an_order"

REGISTRATION = "services/registration"
CLAIMS = f"{REGISTRATION}/use_cases/claims.py"
GIVING_UP = f"{REGISTRATION}/use_cases/giving_up.py"
TAKE = f"{REGISTRATION}/queries/sign_up.py"

MUTATIONS = (
    mutation(
        "cancelled-seats-stay-taken",
        Edit(
            path=CLAIMS,
            old="    _count(place.slot, claim, -1)\n    claim.state = str(state)",
            new="    if move is not Move.CANCEL:\n        _count(place.slot, claim, -1)\n"
            "    claim.state = str(state)",
        ),
        breaks="seats-counted",
        test=STORY,
    ),
    mutation(
        "seats-are-taken-unasked",
        Edit(
            path=TAKE,
            old="        taken = taken + case when :takes and waiting = 0 and taken + :seats <= capacity\n"
            "            then :seats else 0 end,",
            new="        taken = taken + case when :takes then :seats else 0 end,",
        ),
        Edit(
            path=TAKE,
            old="returning last_rank as rank, waiting, :takes and waiting > 0 as waits",
            new="returning last_rank as rank, waiting, false as waits",
        ),
        Edit(
            path=f"{REGISTRATION}/migrations/versions/0001_first.py",
            old="    constraint ck_slot_never_oversold check (taken <= capacity or overbooked),\n",
            new="",
        ),
        breaks="seats-within-capacity",
        test=f"{INVARIANTS}::test_they_hold_when_more_sign_up_than_there_are_seats",
    ),
    mutation(
        "waiting-seats-only-grow",
        Edit(
            path=CLAIMS,
            old="slot.waiting_seats += sign * claim.seats",
            new="slot.waiting_seats += claim.seats",
        ),
        breaks="waiting-counted",
        test=STORY,
    ),
    mutation(
        "nobody-moves-up-after-a-cancellation",
        Edit(
            path=GIVING_UP,
            old="    for place in places:\n        promote(place)\n",
            new="    for place in places:\n",
        ),
        breaks="no-idle-seat",
        test=STORY,
    ),
    mutation(
        "holds-last-a-day-longer",
        Edit(
            path=f"{REGISTRATION}/periodic.py",
            old="slots = giving_up.overdue_slots(session, now)",
            new="slots = giving_up.overdue_slots(session, now - timedelta(days=1))",
        ),
        breaks="holds-lapse",
        test=STORY,
    ),
    mutation(
        "changes-of-attendees-are-not-told",
        Edit(
            path=f"{REGISTRATION}/use_cases/facts.py",
            old="    outbox.record(session, fact_about(kind, claim, attendees, previous=previous, **extra))",
            new="    if kind is not events.RegistrationChanged:\n"
            "        outbox.record(session, fact_about(kind, claim, attendees, previous=previous, **extra))",
        ),
        breaks="changes-told",
        test=STORY,
    ),
    mutation(
        "only-the-first-subscriber-is-told",
        Edit(
            path="shared/messaging/outbox.py",
            old='"event_subscribers": list(subscribers(type(fact))),',
            new='"event_subscribers": list(subscribers(type(fact)))[:1],',
        ),
        breaks="events-routed",
        test=STORY,
    ),
    mutation(
        "what-is-unknown-counts-as-received",
        Edit(
            path="shared/messaging/receipts.py",
            old='known = [UUID(text) for text in reply["known"]]',
            new='known = [UUID(text) for text in reply["known"] + reply["unknown"]]',
        ),
        breaks="events-arrived",
        test=LOST,
    ),
    mutation(
        "the-sweep-looks-at-the-future",
        Edit(
            path="shared/messaging/inbox.py",
            old="inbox.c.due_at <= DATABASE_NOW)\n            .order_by(inbox.c.due_at",
            new="inbox.c.due_at > DATABASE_NOW)\n            .order_by(inbox.c.due_at",
        ),
        breaks="events-within-lease",
        test=LOST_START,
    ),
    mutation(
        "the-roster-believes-older-events",
        Edit(
            path="services/scheduling/use_cases/rosters.py",
            old="if entry.revision >= fact.revision:",
            new="if entry.revision == fact.revision:",
        ),
        breaks="roster-complete",
        test=BACKWARDS,
    ),
    mutation(
        "the-roster-never-subtracts",
        Edit(
            path="services/scheduling/use_cases/rosters.py",
            old="_add(session, fact.slot_id, rules.difference(before, after))",
            new="_add(session, fact.slot_id, after)",
        ),
        breaks="roster-counted",
        test=STORY,
    ),
    mutation(
        "mails-believe-older-events",
        Edit(
            path="services/notifications/use_cases/copies.py",
            old="    if known.revision >= fact.revision:\n        newest",
            new="    if known.revision == fact.revision:\n        newest",
        ),
        breaks="registrations-known",
        test=BACKWARDS,
    ),
    mutation(
        "an-overtaken-confirmation-is-swallowed",
        Edit(
            path="services/notifications/use_cases/registrations.py",
            old='    plans.drop_nudge(session, claim, told.before)\n    kind = "registration_confirmed"',
            new="    plans.drop_nudge(session, claim, told.before)\n    if not told.newest:\n        return\n"
            '    kind = "registration_confirmed"',
        ),
        breaks="one-mail-per-event",
        test=BACKWARDS,
        says="RegistrationConfirmed without a mail",
    ),
    mutation(
        "a-move-tells-nobody",
        Edit(
            path="services/notifications/use_cases/news.py",
            old="    intents.put(session, mails)\n",
            new="",
        ),
        breaks="one-mail-per-event",
        test=STORY,
        says="nothing said of revision",
    ),
    mutation(
        "a-move-tells-nobody-who-comes",
        Edit(
            path="services/notifications/use_cases/news.py",
            old="    intents.put(session, mails)\n",
            new="",
        ),
        breaks="what people hear of a move",
        test=of_fault("nothing"),
        says="was told of the move 0 times",
    ),
    mutation(
        "a-move-is-acknowledged-and-not-done",
        Edit(
            path="services/scheduling/use_cases/moving.py",
            old='old, new = meeting.starts_at, details.get("starts_at") or meeting.starts_at',
            new='details.pop("starts_at", None)\n    old = new = meeting.starts_at',
        ),
        breaks="what was acknowledged is there",
        test=of_fault("nothing"),
        says="begins at",
    ),
    mutation(
        "an-invitation-asks-nobody",
        Edit(
            path="services/notifications/use_cases/invitations.py",
            old="    intents.put(session, [mail])\n",
            new="",
        ),
        breaks="one-mail-per-event",
        test=f"{INVARIANTS}::test_they_hold_when_somebody_was_invited",
        says="InvitationIssued without a mail",
    ),
    mutation(
        "calendar-sequences-stand-still",
        Edit(
            path="services/notifications/use_cases/calendar_entries.py",
            old='            "sequence": CalendarEntry.sequence + 1,\n            "state": ACTIVE,',
            new='            "sequence": CalendarEntry.sequence,\n            "state": ACTIVE,',
        ),
        breaks="one-mail-per-calendar-step",
        test=STORY,
    ),
    mutation(
        "mails-are-left-out-in-silence",
        Edit(
            path="services/notifications/mailer.py",
            old='next=Next(state="suppressed"), words=reason)',
            new='next=Next(state="suppressed"))',
        ),
        breaks="mails-out",
        test=STORY,
    ),
    mutation(
        "a-hanging-mailer-is-waited-for",
        Edit(
            path="services/notifications/use_cases/recovery.py",
            old="(claimed_until <= statement_timestamp() or pg_try_advisory_xact_lock(mailer))",
            new="pg_try_advisory_xact_lock(mailer)",
        ),
        breaks="mails-within-lease",
        test=DEAD_MAILER,
    ),
    mutation(
        "cancelled-meetings-take-sign-ups",
        Edit(
            path=TAKE,
            old="    where id = :slot_id and not removed and not closed\n",
            new="    where id = :slot_id and not removed\n",
        ),
        breaks="cancelled-ends-all",
        test="tests/integration/test_cancelled_meetings.py"
        "::test_a_sign_up_amid_the_cancellation_is_refused",
    ),
    mutation(
        "additional-seats-outlive-their-registration",
        Edit(
            path=GIVING_UP,
            old="    withdraw_linked(place, claim)\n    previous = shift(place, claim, Move.EXPIRE",
            new="    previous = shift(place, claim, Move.EXPIRE",
        ),
        breaks="nobody waits for what nobody can have",
        test="tests/integration/test_additional_seats.py"
        "::test_additional_seats_lapse_with_their_registration",
        says="(0, 1, 1) == (0, 0, 0)",
    ),
    mutation(
        "smaller-groups-pass-a-strict-list",
        Edit(
            path=f"{REGISTRATION}/domain/waitlist.py",
            old="        elif order is Policy.STRICT:\n            break",
            new="        elif order is Policy.OFF:\n            break",
        ),
        breaks="strict order of the waitlist",
        test="tests/unit/registration/test_waitlist.py::test_strict_waits_until_the_whole_head_fits",
        says="assert",
    ),
    mutation(
        "slots-are-read-without-their-lock",
        Edit(
            path=CLAIMS,
            old='with_for_update={"key_share": True}, populate_existing=True)\n    if slot is None',
            new="populate_existing=True)\n    if slot is None",
        ),
        breaks="one order for what happened at once",
        test=HISTORY,
        says="AssertionError",
    ),
)

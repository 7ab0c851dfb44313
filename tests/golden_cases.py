"""The cases of golden mails: every kind, in the states in which it reads differently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.events.registration import Contact
from tests import notices

BEGIN = datetime(2027, 2, 2, 14, tzinfo=UTC)
WRITTEN = datetime(2027, 1, 20, 9, 30, tzinfo=UTC)
BEFORE = {
    "starts_at": "2027-01-26T14:00:00+00:00",
    "ends_at": "2027-01-26T16:45:00+00:00",
    "venue": {
        "venue_id": str(UUID(int=22)),
        "name": "Gesamtschule Huckarde",
        "street": "Parsevalstraße 170",
        "postcode": "44369",
        "city": "Dortmund",
        "room": "Mensa",
        "arrival_note": "",
        "accessibility": "",
    },
}
ENTRY = {"sequence": 1, "method": "REQUEST"}
GONE = {"sequence": 2, "method": "CANCEL"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mail: its kind, in which state the claim is, what else it says, to whom."""

    name: str
    kind: str
    state: str = "confirmed"
    details: dict[str, Any]
    to: str = "contact"  # attendee, guest, coordinator, stranger (an address that was mistyped)
    claim: dict[str, Any]
    meeting: dict[str, Any]
    at: datetime = WRITTEN
    waiting: int = 0


def _case(name: str, kind: str, **given: Any) -> Case:
    return Case(name=name, kind=kind, **{"details": {}, "claim": {}, "meeting": {}} | given)


EMPTIED = {
    "contact": Contact(contact_id=UUID(int=32), name="", email=None, phone=""),
    "attendees": [],
    "reason": "erased",
}
REMOVED = {
    "removed": {
        "attendee_id": str(notices.COLLEAGUE.attendee_id),
        "name": "Berta Brücke",
        "email": None,
        "link_version": 1,
        "is_contact": False,
    }
}
ADDITIONAL = {"linked_to": UUID(int=7), "attendees": []}
MOVED = Contact(contact_id=UUID(int=32), name="Anna Ampel", email="neu@betrieb.example", phone="")
UNPROVED = {"verified_at": None, "held_until": WRITTEN + timedelta(hours=48)}
CASES = (
    _case("confirm_address", "confirm_address", state="held", claim=UNPROVED),
    _case(
        "confirm_address-nudge",
        "confirm_address",
        state="held",
        claim=UNPROVED,
        details={"nudge": True},
    ),
    _case(
        "confirm_address-approval",
        "confirm_address",
        state="pending_approval",
        claim={"verified_at": None},
    ),
    _case("already_registered", "already_registered"),
    _case("registration_confirmed", "registration_confirmed", details={**ENTRY, "sequence": 0}),
    _case(
        "registration_confirmed-promoted",
        "registration_confirmed",
        details=ENTRY | {"promoted": True},
    ),
    _case(
        "registration_confirmed-attendee", "registration_confirmed", to="attendee", details=ENTRY
    ),
    _case(
        "registration_changed",
        "registration_changed",
        details=ENTRY | {"changes": ["seats", "attendees"], "seats_before": 3},
    ),
    _case(
        "registration_changed-people",
        "registration_changed",
        details=ENTRY
        | {
            "changes": ["attendees"],
            "seats_before": 2,
            "people": {
                "added": [["Mara Lind"], [""]],
                "removed": [["Jonas Krüger"]],
                "renamed": [["", "Anna Ampel"]],
                "moved": [["Berta Brücke", "berta@betrieb.example"]],
            },
        },
    ),
    _case(
        "registration_changed-joined",
        "registration_changed",
        details=ENTRY
        | {
            "changes": ["seats", "attendees", "joined"],
            "seats_before": 1,
            "people": {"added": [["Berta Brücke"]]},
        },
    ),
    _case(
        "registration_changed-renamed",
        "registration_changed",
        to="attendee",
        details=ENTRY | {"changes": ["name"]},
    ),
    _case(
        "registration_changed-removed",
        "registration_changed",
        to="attendee",
        details=GONE | REMOVED,
    ),
    _case(
        "registration_changed-address",
        "registration_changed",
        claim={"contact": MOVED, "link_version": 2},
        details=ENTRY | {"changes": ["address"]},
    ),
    _case(
        "registration_changed-former-address",
        "registration_changed",
        claim={"contact": MOVED, "link_version": 2},
        details=GONE | {"former_address": True},
        to="stranger",
    ),
    _case(
        "registration_changed-with-contact",
        "registration_changed",
        claim={"contact": MOVED, "link_version": 2},
        details=GONE | {"former_address": True, "with_contact": True},
    ),
    _case(
        "registration_changed-waiting",
        "registration_changed",
        state="waitlisted",
        claim={"contact": MOVED, "link_version": 2},
        details={"changes": ["address"]},
    ),
    _case(
        "registration_cancelled",
        "registration_cancelled",
        state="cancelled",
        claim={"reason": "contact"},
        details=GONE,
    ),
    *(
        _case(
            f"registration_cancelled-attendee-{reason}",
            "registration_cancelled",
            state="cancelled",
            claim={"reason": reason},
            details=GONE | REMOVED,
            to="attendee",
        )
        for reason in ("contact", "coordinator")
    ),
    _case(
        "registration_cancelled-erased",
        "registration_cancelled",
        state="cancelled",
        claim=EMPTIED,
        details=GONE | {"erased": True},
    ),
    _case("data_erased", "data_erased", state="cancelled", claim=EMPTIED),
    _case("registration_cancelled-declined", "registration_cancelled", state="declined"),
    _case(
        "registration_cancelled-declined-reason",
        "registration_cancelled",
        state="declined",
        claim={"reason": "Es kamen <b>sehr</b> viele.\nIm Mai ist das nächste Treffen."},
    ),
    _case(
        "waitlisted",
        "waitlisted",
        state="waitlisted",
        claim={"verified_at": None, "reason": "full"},
        details={"position": 3},
    ),
    _case(
        "waitlisted-one",
        "waitlisted",
        state="waitlisted",
        claim={"reason": "company_cap", "seats": 1},
    ),
    _case("waitlisted-verified", "waitlisted", state="waitlisted", claim={"reason": "company_cap"}),
    *(
        _case(
            f"waitlisted-additional-{seats}",
            "waitlisted",
            state="waitlisted",
            claim=ADDITIONAL | {"seats": seats, "reason": "linked"},
        )
        for seats in (1, 2)
    ),
    _case("waitlist_closed", "waitlist_closed", state="expired"),
    _case("undecided", "undecided", state="expired", at=BEGIN + timedelta(minutes=1)),
    *(
        _case(
            f"waitlist_closed-additional-{seats}",
            "waitlist_closed",
            state="expired",
            claim=ADDITIONAL | {"seats": seats, "reason": "waitlist_closed"},
        )
        for seats in (1, 2)
    ),
    _case("invitation", "invitation", to="guest"),
    _case(
        "invitation-colleague",
        "invitation",
        to="guest",
        details={"on_recommendation_of": "Heike Haus"},
    ),
    _case("invitation-reminder", "invitation", to="guest", details={"reminder_number": 1}),
    _case(
        "meeting_changed-time",
        "meeting_changed",
        details=ENTRY | {"fields": ["time"], "before": BEFORE},
    ),
    _case(
        "meeting_changed-place",
        "meeting_changed",
        details=ENTRY | {"fields": ["place"], "before": BEFORE},
    ),
    _case(
        "meeting_changed-held",
        "meeting_changed",
        state="held",
        claim=UNPROVED,
        details={"fields": ["room"], "before": BEFORE},
    ),
    _case(
        "meeting_changed-waitlisted",
        "meeting_changed",
        state="waitlisted",
        details={"fields": ["time", "place"], "before": BEFORE},
    ),
    _case(
        "meeting_changed-news",
        "meeting_changed",
        details={
            "fields": [],
            "before": {
                "title": "Netzwerktreffen: Praktika, die passen",
                "focus_topic": "Ausbildung & Übergang",
                "description": "Wir planen gemeinsam.\n\nBringen Sie Fragen mit.",
                "begins_at": "2027-02-02T14:00:00+00:00",
                "agenda": [
                    {
                        "starts_at": "2027-02-02T14:00:00+00:00",
                        "title": "Begrüßung",
                        "speaker": "",
                    },
                    {
                        "starts_at": "2027-02-02T14:45:00+00:00",
                        "title": "Rückblick",
                        "speaker": "",
                    },
                ],
            },
        },
    ),
    _case("meeting_changed-news-unknown", "meeting_changed", details={"fields": []}),
    _case(
        "meeting_cancelled",
        "meeting_cancelled",
        meeting={
            "state": "cancelled",
            "reason": "Die Schule ist geschlossen.\n\nIm Mai ist das nächste Treffen.",
        },
        details=GONE,
    ),
    _case(
        "reminder",
        "reminder",
        details={"audience": "confirmed"},
        at=BEGIN - timedelta(days=1),
        waiting=3,
    ),
    _case("reminder-attendee", "reminder", to="attendee", at=BEGIN - timedelta(days=7)),
    _case("password_link", "password_link", to="coordinator"),
)

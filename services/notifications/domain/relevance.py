"""Whether a mail still makes sense when its turn comes; the reason in words for the log if not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from services.notifications.domain import calendars
from services.notifications.domain.scene import Scene
from shared.events.states import LIVING

# They say that something is over, so they are sent whatever has happened since; so is every mail that takes
# the date from a calendar.
ENDINGS = frozenset(
    {"registration_cancelled", "meeting_cancelled", "waitlist_closed", "data_erased"}
)

NEWS = timedelta(days=2)  # for so long after the meeting it is one that nobody decided in time


def unneeded(scene: Scene) -> str:
    """Why the mail is not to be sent any more, or an empty string."""
    if _is_ending(scene) or scene.details.get("method") == calendars.CANCEL:
        return ""
    if scene.kind == "undecided":
        return "the meeting is long over" if scene.meeting.ends_at + NEWS <= scene.now else ""
    if _is_read_by_another(scene):
        return "mails go to another address now"
    if scene.meeting.state == "cancelled":
        return "the meeting was cancelled"
    if scene.meeting.ends_at <= scene.now:
        return "the meeting is over"
    check = CHECKS.get(scene.kind)
    return check(scene) if check else ""


def _is_ending(scene: Scene) -> bool:
    # What is over for additional seats is not over for whoever waited for them.
    additional = scene.claim is not None and scene.claim.linked_to is not None
    return scene.kind in ENDINGS and not (scene.kind == "waitlist_closed" and additional)


def _is_read_by_another(scene: Scene) -> bool:
    """Whether it was meant for an address that has been corrected since: its links would be those of the new one."""
    if scene.claim is None or not scene.recipient:
        return False
    reader = scene.person or scene.claim.contact
    return (reader.email or "").lower() != scene.recipient.lower()


def _confirm_address(scene: Scene) -> str:
    claim = scene.claim
    if claim is None or claim.verified:
        return "the address is confirmed"
    return "" if claim.state not in {"cancelled", "declined"} else "the registration has ended"


def _waitlisted(scene: Scene) -> str:
    return "" if scene.claim and scene.claim.state == "waitlisted" else "no longer on the waitlist"


def _confirmed(scene: Scene) -> str:
    claim = scene.claim
    if claim is None or claim.state != "confirmed":
        return "the registration is not confirmed any more"
    keys = {person.key for person in claim.attendees}
    if scene.person is not None and scene.person.key not in keys:
        return "the person is not coming any more"
    return ""


def _changed(scene: Scene) -> str:
    return _living(scene) if scene.person is None else _confirmed(scene)


def _living(scene: Scene) -> str:
    return "" if scene.claim and scene.claim.state in LIVING else "the registration has ended"


def _reminder(scene: Scene) -> str:
    if scene.slot.starts_at <= scene.now:
        return "the slot has begun"
    if scene.details.get("audience") == "waitlisted":
        return _waitlisted(scene)
    return _confirmed(scene)


def _invitation(scene: Scene) -> str:
    return "the invitation was answered" if scene.details.get("answered") else ""


CHECKS: dict[str, Callable[[Scene], str]] = {
    "confirm_address": _confirm_address,
    "waitlisted": _waitlisted,
    "registration_confirmed": _confirmed,
    "registration_changed": _changed,
    "meeting_changed": _changed,
    "reminder": _reminder,
    "invitation": _invitation,
}

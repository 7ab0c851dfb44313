"""Mails about the meeting itself: changed, cancelled, coming soon."""

from __future__ import annotations

from datetime import datetime

from services.notifications.domain.letter import Button, Change, Letter
from services.notifications.domain.letters import buttons, differences, facts
from services.notifications.domain.scene import Claim, Scene, moment, read_place
from shared.language import format_moment, format_span, format_time, ngettext
from shared.language import gettext as _

TIME, PLACE, ROOM = "time", "place", "room"


def changed(scene: Scene) -> Letter:
    """Time, venue or room changed (``fields``), or there is news; names only what changed."""
    fields = set(scene.details.get("fields", ()))
    changes = _change_rows(scene, fields)
    return Letter(
        subject=f"{_changed_words(fields)}: {facts.headline(scene)}",
        title=_changed_words(fields),
        preheader=_changed_sentence(scene, fields) if fields else _news_in_short(scene, changes),
        lead=(
            facts.greeting(facts.reader_name(scene)),
            _("There is a change to “%(title)s”.", title=scene.meeting.title),
            _changed_sentence(scene, fields),
            *(() if changes else (_("You find everything else below."),)),
            _what_about_the_seats(scene),
        ),
        changes=changes,
        facts=facts.facts(scene),
        button=buttons.of_claim(scene),
        tickets=facts.tickets(scene),
        people=facts.people(scene) if scene.confirmed else None,
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def _changed_words(fields: set[str]) -> str:
    if {TIME, PLACE} <= fields:
        return _("New time and new place")
    if TIME in fields:
        return _("New time")
    if PLACE in fields:
        return _("New place")
    return _("New room") if ROOM in fields else _("News")


def _changed_sentence(scene: Scene, fields: set[str]) -> str:
    """What is new and what stays, in one sentence."""
    place = scene.meeting.place
    values = {
        "span": facts.span(scene),
        "place": ", ".join(part for part in (place.name, place.room) if part),
        "room": place.room or place.name,
        "time": format_time(scene.slot.starts_at, scene.meeting.tz),
    }
    if {TIME, PLACE} <= fields:
        text = _("New time: %(span)s. New place: %(place)s.")
    elif TIME in fields:
        text = _("New time: %(span)s; the place stays: %(place)s.")
    elif PLACE in fields:
        text = _("New place: %(place)s; the time stays: %(time)s.")
    elif ROOM in fields:
        text = _("New room: %(room)s; time and building stay.")
    else:
        text = _("Time and place stay: %(span)s, %(place)s.")
    return text % values


def _what_about_the_seats(scene: Scene) -> str:
    claim = scene.claim
    if claim is None or claim.state == "confirmed":
        stay = _("Your registration stays as it is.")
        if scene.details.get("sequence") is None:
            return stay
        moves = _("The attached entry moves the date in your calendar.")
        return f"{stay} {moves}"
    if claim.to_be_confirmed:
        return _what_to_confirm(scene, claim)
    if claim.state == "waitlisted":
        return _("You stay on the waitlist.")
    return _("The network has not decided on your registration yet.")


def _what_to_confirm(scene: Scene, claim: Claim) -> str:
    if claim.state == "waitlisted":
        stay = _("You stay on the waitlist.")
        return f"{stay} {_('Please confirm, otherwise you do not move up.')}"
    if claim.state == "pending_approval":
        return _(
            "Please confirm your address first. Then a person of the network decides on the"
            " registration and writes to you."
        )
    if claim.held_until is None:
        return _("Your registration is not confirmed yet.")
    return ngettext(
        "Your registration is not confirmed yet. The seat is held for you until %(until)s.",
        "Your registration is not confirmed yet. The %(num)s seats are held for you until %(until)s.",
        claim.seats,
        until=format_moment(claim.held_until, scene.meeting.tz),
    )


def _change_rows(scene: Scene, fields: set[str]) -> tuple[Change, ...]:
    before = scene.details.get("before") or {}
    place, rows = scene.meeting.place, []
    if TIME in fields:
        rows.append(Change(label=_("When"), old=_old_span(scene, before), new=facts.span(scene)))
    if PLACE in fields:
        old = read_place(before["venue"]) if before.get("venue") else None
        old_words = f"{old.name}, {old.address}" if old else ""
        rows.append(Change(label=_("Where"), old=old_words, new=f"{place.name}, {place.address}"))
    if ROOM in fields and place.room:
        old_room = before.get("venue", {}).get("room", "")
        rows.append(Change(label=_("Room"), old=old_room, new=place.room))
    return (*rows, *differences.rows(scene.meeting, before))


def _news_in_short(scene: Scene, changes: tuple[Change, ...]) -> str:
    if not changes:
        return _changed_sentence(scene, set())
    return "; ".join(f"{change.label}: {change.new}" for change in changes).replace("\n", ", ")


def _old_span(scene: Scene, before: dict[str, str]) -> str:
    if not before.get("starts_at"):
        return ""
    start, end = moment(before["starts_at"]), moment(before["ends_at"])
    return format_span(start, end, scene.meeting.tz)


def cancelled(scene: Scene) -> Letter:
    """The meeting is cancelled."""
    explained = (line for line in scene.meeting.reason.splitlines() if line.strip())
    calendar = scene.details.get("sequence") is not None
    removes = _("The attached entry removes the date from your calendar.")
    return Letter(
        subject=_("Cancelled: %(headline)s", headline=facts.headline(scene)),
        title=_("The meeting is cancelled"),
        preheader=scene.meeting.title,
        lead=(
            facts.greeting(facts.reader_name(scene)),
            _(
                "“%(title)s” is cancelled. There is nothing you need to do.",
                title=scene.meeting.title,
            ),
            *explained,
            *((removes,) if calendar else ()),
        ),
        facts=facts.facts_of_an_end(scene),
        button=buttons.next_meetings(scene),
        reason=facts.reason(scene),
    )


def days_until(start: datetime, scene: Scene) -> int:
    """Days on the venue's calendar from the writing of the mail until *start*."""
    tz = scene.meeting.tz
    return (start.astimezone(tz).date() - scene.now.astimezone(tz).date()).days


def _soon(scene: Scene) -> str:
    days = days_until(scene.slot.starts_at, scene)
    if days == 0:
        return _("Today")
    if days == 1:
        return _("Tomorrow")
    return facts.short_day(scene.slot.starts_at, scene.meeting.tz)


def reminder(scene: Scene) -> Letter:
    """It is soon; how to release seats others wait for."""
    time = facts.short_time(scene.slot.starts_at, scene.meeting.tz)
    headline = ", ".join(part for part in (_soon(scene), time, scene.meeting.place.name) if part)
    ending = (
        facts.your_seats(_seats_of_reader(scene))
        if scene.confirmed
        else _("you are on the waitlist")
    )
    return Letter(
        subject=f"{headline}: {ending}",
        title=scene.meeting.title,
        preheader=facts.span(scene),
        lead=(facts.greeting(facts.reader_name(scene)), *_reminder_sentences(scene)),
        facts=facts.facts(scene),
        button=Button(label=_release_label(scene), url=facts.manage_url(scene)),
        tickets=facts.tickets(scene),
        people=facts.people(scene),
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def _reminder_sentences(scene: Scene) -> tuple[str, ...]:
    days = days_until(scene.slot.starts_at, scene)
    if days <= 0:
        when = _("The meeting is today.")
    elif days == 1:
        when = _("The meeting is tomorrow.")
    else:
        when = _("The meeting is in %(num)s days.", num=days)
    if not scene.confirmed:
        return when, _("You are still on the waitlist and move up when a seat becomes free.")
    return when, _("We look forward to seeing you."), _cannot_come(scene)


def _cannot_come(scene: Scene) -> str:
    """What to do then, and who would be glad of it."""
    ask = ngettext(
        "Cannot come? Then please give up your seat.",
        "Cannot come? Then please give up the seats that you do not need.",
        _seats_of_reader(scene),
    )
    if not scene.waiting:
        return ask
    waiting = ngettext(
        "%(num)s company is waiting for a seat.",
        "%(num)s companies are waiting for a seat.",
        scene.waiting,
    )
    return f"{waiting} {ask}"


def _release_label(scene: Scene) -> str:
    if not scene.confirmed:
        return _("See or leave the waitlist")
    return ngettext("Give up your seat", "Give up seats", _seats_of_reader(scene))


def _seats_of_reader(scene: Scene) -> int:
    return 1 if scene.person is not None or scene.claim is None else scene.claim.seats

"""Mails about the meeting itself: changed, cancelled, coming soon."""

from __future__ import annotations

from datetime import datetime

from services.notifications.domain.letter import Button, Change, Letter
from services.notifications.domain.letters import facts
from services.notifications.domain.scene import Scene, moment, read_place
from shared.language import format_span, format_time, ngettext
from shared.language import gettext as _

TIME, PLACE, ROOM = "time", "place", "room"


def _registration_button(scene: Scene) -> Button:
    if scene.person is not None:
        return Button(label=_("See or release the seat"), url=facts.manage_url(scene))
    return Button(label=_("Change or cancel the registration"), url=facts.manage_url(scene))


def changed(scene: Scene) -> Letter:
    """Time, venue or room changed (``fields``), or there is news; names only what changed."""
    fields = set(scene.details.get("fields", ()))
    return Letter(
        subject=f"{_changed_words(fields)}: {facts.headline(scene)}",
        title=_changed_words(fields),
        preheader=_changed_sentence(scene, fields),
        lead=(
            facts.greeting(facts.reader_name(scene)),
            _("something has changed at “%(title)s”.", title=scene.meeting.title),
            _changed_sentence(scene, fields),
            _what_about_the_seats(scene),
        ),
        changes=_change_rows(scene, fields),
        facts=facts.facts(scene),
        button=_registration_button(scene),
        tickets=facts.tickets(scene),
        people=facts.people(scene),
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
        text = _("Time and place stay: %(span)s, %(place)s. You find what is new below.")
    return text % values


def _what_about_the_seats(scene: Scene) -> str:
    claim = scene.claim
    if claim is None or claim.state == "confirmed":
        stay = _("Your registration stays as it is.")
        if scene.details.get("sequence") is None:
            return stay
        moves = _("The attached entry moves the date in your calendar.")
        return f"{stay} {moves}"
    if claim.state == "waitlisted":
        return _("You stay on the waitlist.")
    if claim.verified:
        return _("The network has not decided on your registration yet.")
    return _("Your registration is not confirmed yet; the link is in the mail before.")


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
    return tuple(rows)


def _old_span(scene: Scene, before: dict[str, str]) -> str:
    if not before.get("starts_at"):
        return ""
    start, end = moment(before["starts_at"]), moment(before["ends_at"])
    return format_span(start, end, scene.meeting.tz)


def cancelled(scene: Scene) -> Letter:
    """The meeting does not take place."""
    explained = (scene.meeting.reason,) if scene.meeting.reason else ()
    calendar = scene.details.get("sequence") is not None
    removes = _("The attached entry removes the date from your calendar.")
    return Letter(
        subject=_("Does not take place: %(headline)s", headline=facts.headline(scene)),
        title=_("The meeting does not take place"),
        preheader=scene.meeting.title,
        lead=(
            facts.greeting(facts.reader_name(scene)),
            _(
                "“%(title)s” does not take place. There is nothing you need to do.",
                title=scene.meeting.title,
            ),
            *explained,
            *((removes,) if calendar else ()),
        ),
        facts=facts.facts_of_an_end(scene),
        button=Button(label=_("See the next meetings"), url=f"{scene.links.base_url}/"),
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
    claim = scene.claim
    number = 1 if scene.person is not None or claim is None else claim.seats
    time = facts.short_time(scene.slot.starts_at, scene.meeting.tz)
    headline = ", ".join(part for part in (_soon(scene), time, scene.meeting.place.name) if part)
    ending = facts.your_seats(number) if scene.confirmed else _("you are on the waitlist")
    return Letter(
        subject=f"{headline}: {ending}",
        title=scene.meeting.title,
        preheader=facts.span(scene),
        lead=(facts.greeting(facts.reader_name(scene)), *_reminder_sentences(scene)),
        facts=facts.facts(scene),
        button=Button(label=_release_label(scene, number), url=facts.manage_url(scene)),
        tickets=facts.tickets(scene),
        people=facts.people(scene),
        shared=facts.shared_sections(scene.meeting),
        reason=facts.reason(scene),
    )


def _reminder_sentences(scene: Scene) -> tuple[str, ...]:
    days = days_until(scene.slot.starts_at, scene)
    if days <= 0:
        when = _("today is the meeting.")
    elif days == 1:
        when = _("tomorrow is the meeting.")
    else:
        when = _("the meeting is in %(num)s days.", num=days)
    if not scene.confirmed:
        return when, _("You are still on the waitlist and move up when a seat becomes free.")
    return when, _("We are looking forward to you.")


def _release_label(scene: Scene, number: int) -> str:
    if not scene.confirmed:
        return _("See or leave the waitlist")
    release = ngettext("Cannot come? Release the seat", "Cannot come? Release seats", number)
    if not scene.waiting:
        return release
    waiting = ngettext(
        "%(num)s company is waiting.", "%(num)s companies are waiting.", scene.waiting
    )
    return f"{release} – {waiting}"

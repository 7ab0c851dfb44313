"""What every mail about a meeting says: when, where, programme, arrival, why one gets it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from urllib.parse import quote
from uuid import UUID

from services.notifications.domain.letter import Row, Section, Ticket
from services.notifications.domain.scene import Meeting, Person, Place, Scene
from shared.language import (
    current_language,
    format_clock,
    format_span,
    format_time,
    month_name,
    ngettext,
    weekday_name,
)
from shared.language import gettext as _

MAP = "https://www.openstreetmap.org/search?query="


def short_day(moment: datetime, tz: tzinfo) -> str:
    """For subjects: Di 02.02."""
    local = moment.astimezone(tz)
    if current_language() == "de":
        return f"{weekday_name(moment, tz)} {local:%d.%m.}"
    return f"{weekday_name(moment, tz)} {local.day} {month_name(moment, tz)}"


def short_time(moment: datetime, tz: tzinfo) -> str:
    """For subjects: 15 Uhr, 15:30 Uhr."""
    local = moment.astimezone(tz)
    if current_language() == "de" and local.minute == 0:
        return f"{local.hour} Uhr"
    return format_time(moment, tz)


def short_moment(scene: Scene) -> str:
    """Day and time of the slot: Di 02.02., 15 Uhr."""
    start, tz = scene.slot.starts_at, scene.meeting.tz
    return f"{short_day(start, tz)}, {short_time(start, tz)}"


def headline(scene: Scene) -> str:
    """With the place: Di 02.02., 15 Uhr, Hauptschule Kley."""
    return ", ".join(part for part in (short_moment(scene), scene.meeting.place.name) if part)


def span(scene: Scene) -> str:
    """In full: Di, 02.02.2027, 15:00–17:45 Uhr."""
    return format_span(scene.slot.starts_at, scene.slot.ends_at, scene.meeting.tz)


def seats(number: int) -> str:
    """As words: 2 Plätze."""
    return ngettext("%(num)s seat", "%(num)s seats", number)


def your_seats(number: int) -> str:
    """As words: Ihre 2 Plätze."""
    return ngettext("your seat", "your %(num)s seats", number)


def greeting(name: str) -> str:
    """The first line."""
    return _("Hello %(name)s,", name=name) if name else _("Hello,")


def as_sentence(words: str) -> str:
    """*words* standing alone; after a greeting German goes on in small letters."""
    return words[:1].upper() + words[1:]


def map_url(place: Place) -> str:
    """A map that shows where *place* is."""
    return MAP + quote(", ".join(part for part in (place.street, place.town) if part) or place.name)


def where(place: Place) -> str:
    """Name with room, and the address below."""
    name = ", ".join(part for part in (place.name, place.room) if part)
    return "\n".join(part for part in (name, place.address) if part)


def facts(scene: Scene, *, counted: bool = True) -> tuple[Row, ...]:
    """When, where and, if *counted*, how many seats."""
    place = scene.meeting.place
    rows = _when_and_where(scene, on_map=(_("Show on the map"), map_url(place)))
    if counted and scene.claim is not None:
        rows.append((_("Seats"), str(scene.claim.seats if scene.person is None else 1)))
    return tuple(rows)


def facts_of_an_end(scene: Scene) -> tuple[Row, ...]:
    """When and where it was to be, for somebody who need not find the way."""
    return tuple(_when_and_where(scene))


def _when_and_where(scene: Scene, on_map: Row = ()) -> list[Row]:
    rows: list[Row] = [
        (_("When"), span(scene)),
        (_("Where"), where(scene.meeting.place), *on_map),
    ]
    if scene.slot.label:
        rows.append((_("Time slot"), scene.slot.label))
    return rows


def programme(meeting: Meeting) -> Section | None:
    """The agenda with its focus topic."""
    rows = [
        (format_clock(item.starts_at, meeting.tz), _with_speaker(item.title, item.speaker))
        for item in meeting.agenda
    ]
    if meeting.focus_topic:
        rows.insert(0, (_("Focus"), meeting.focus_topic))
    return Section(heading=_("Programme"), rows=tuple(rows)) if rows else None


def _with_speaker(title: str, speaker: str) -> str:
    return f"{title} ({speaker})" if speaker else title


def arrival(place: Place) -> Section | None:
    """How to get in: room, way, accessibility."""
    rows = (
        (_("Room"), place.room),
        (_("The way"), place.arrival_note),
        (_("Accessibility"), place.accessibility),
    )
    filled = tuple(row for row in rows if row[1])
    return Section(heading=_("Getting there"), rows=filled) if filled else None


def shared_sections(meeting: Meeting) -> tuple[Section, ...]:
    """What is the same in every mail about *meeting*."""
    return tuple(
        section for section in (programme(meeting), arrival(meeting.place)) if section is not None
    )


def people(scene: Scene) -> Section | None:
    """Who comes, in the contact's mail."""
    claim = scene.claim
    if claim is None or scene.person is not None or not claim.attendees:
        return None
    rows = tuple(
        (str(number), person.known_name or _("Name to follow"))
        for number, person in enumerate(claim.attendees, 1)
    )
    return Section(heading=_("Who is coming"), rows=rows)


def tickets(scene: Scene) -> tuple[Ticket, ...]:
    """The tickets the reader carries: the own one, or those of all without a mail of their own."""
    claim = scene.claim
    if claim is None or not scene.confirmed:
        return ()
    carried = (scene.person,) if scene.person else claim.in_contacts_hands
    return tuple(_ticket(scene, person, carried) for person in carried)


def _ticket(scene: Scene, person: Person, carried: Sequence[Person]) -> Ticket:
    number = carried.index(person) + 1
    name = person.known_name or _("Seat %(number)s", number=number)
    return Ticket(name=name, url=scene.links.url("ticket", UUID(person.key), person.link_version))


def manage_url(scene: Scene) -> str:
    """Where the reader changes or gives up: all seats of the claim, or the own one."""
    claim, person = scene.claim, scene.person
    if claim is None:
        return meeting_url(scene)
    if person is not None:
        return scene.links.url("seat", UUID(person.key), person.link_version)
    return scene.links.url("manage", claim.id, claim.link_version)


def meeting_url(scene: Scene) -> str:
    """The public page of the meeting."""
    return f"{scene.links.base_url}/meetings/{quote(scene.meeting.slug)}"


def reader_name(scene: Scene) -> str:
    """Whom the mail greets."""
    if scene.person is not None:
        return scene.person.known_name
    if scene.guest is not None:
        return scene.guest.name
    return scene.claim.contact.name if scene.claim else ""


def reason(scene: Scene) -> str:
    """Why the reader gets this mail and where the data come from."""
    claim, network = scene.claim, scene.network.name
    if claim is None:
        return ""
    if scene.person is not None and not claim.contact.name:
        return _(
            "You get this mail because %(company)s named you as taking part. Sender: %(network)s.",
            company=claim.company,
            network=network,
        )
    if scene.person is not None:
        return _(
            "You get this mail because %(contact)s (%(company)s) named you as taking part. Your name and"
            " address come from there and are used for this meeting only. Sender: %(network)s.",
            contact=claim.contact.name,
            company=claim.company,
            network=network,
        )
    return _(
        "You get this mail because %(company)s signed up for this meeting with your address."
        " Sender: %(network)s.",
        company=claim.company,
        network=network,
    )

"""The sentence that a coordinator copies into a mail to the caretaker: how many people, from when, where."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.language import Zone, format_time, ngettext
from shared.language import gettext as _

DOORS_OPEN = timedelta(minutes=30)


def caretaker_sentence(
    *, confirmed: int, taken: int, starts_at: datetime, tz: Zone, room: str
) -> str:
    """Such as "38 Personen, Einlass 14:30 Uhr, Aula."; with seats that are only held: how many at most."""
    time = format_time(starts_at - DOORS_OPEN, tz)
    where = f", {room}" if room else ""
    if confirmed == taken:
        people = ngettext("%(num)s person", "%(num)s people", confirmed)
        doors = _("entrance from %(time)s", time=time)
        return f"{people}, {doors}{where}."
    people = ngettext(
        "%(num)s person registered, at most %(most)s.",
        "%(num)s people registered, at most %(most)s.",
        confirmed,
        most=taken,
    )
    doors = _("Entrance from %(time)s", time=time)
    return f"{people} {doors}{where}."

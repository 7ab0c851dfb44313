"""Words and formats in the reader's language: message catalogues, dates and times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, tzinfo
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names
from babel.numbers import format_decimal
from babel.support import LazyProxy

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LANGUAGES = ("de", "en")
SOURCE_LANGUAGE = "en"
PACKAGES = (
    "shared",
    "services.registration",
    "services.scheduling",
    "services.notifications",
    "treffpunkt",
)

_language: ContextVar[str] = ContextVar("language", default="de")


# A zone, or its name as tables and events carry it.
Zone = tzinfo | str


def _zone(tz: Zone) -> tzinfo:
    return ZoneInfo(tz) if isinstance(tz, str) else tz


def current_language() -> str:
    """The language in which this request or task speaks."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak *language* inside the block; an unknown one falls back to German."""
    token = _language.set(language if language in LANGUAGES else "de")
    try:
        yield
    finally:
        _language.reset(token)


def set_language(language: str) -> None:
    """Speak *language* until the context (request, task) ends."""
    _language.set(language)


@lru_cache(maxsize=len(LANGUAGES))
def _messages(language: str) -> dict[str, tuple[str, ...]]:
    """All messages of *language* as source text → translation with its plural forms."""
    messages: dict[str, tuple[str, ...]] = {}
    for package in PACKAGES:
        catalogue = files(package).joinpath(f"translations/{language}.po")
        if catalogue.is_file():
            with catalogue.open("rb") as stream:
                messages.update(_read(stream, language))
    return messages


def _read(stream: object, language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    # Text catalogues are read as they are: no compiled files in the tree, no build step.
    from babel.messages.pofile import read_po  # noqa: PLC0415 - slow to import, used once

    catalogue: Catalog = read_po(stream, locale=language)  # type: ignore[arg-type]
    for message in catalogue:
        source, target = message.id, message.string
        if not source or message.fuzzy:
            continue
        if isinstance(source, (tuple, list)):
            if isinstance(target, (tuple, list)) and all(target):
                yield source[0], tuple(target)
        elif target:
            yield source, (str(target),)


def gettext(message: str, /, **values: object) -> str:
    """*message* in the current language; ``%(name)s`` is replaced from *values*."""
    text = _translated(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """The singular or plural by *number*, which is also available as ``%(num)s``."""
    return plural_form(singular, plural, number) % {"num": number, **values}


def plural_form(singular: str, plural: str, number: int, /) -> str:
    """Like ngettext, with the placeholders left in: templates fill them themselves."""
    forms = _forms(singular)
    if forms is None:
        return singular if number == 1 else plural
    return forms[0 if number == 1 else -1]


def lazy_gettext(message: str, /, **values: object) -> LazyProxy:
    """Like gettext, but decided when the text is shown (for tables made at import)."""
    return LazyProxy(gettext, message, enable_cache=False, **values)


def _forms(message: str) -> tuple[str, ...] | None:
    language = _language.get()
    return None if language == SOURCE_LANGUAGE else _messages(language).get(message)


def _translated(message: str) -> str:
    forms = _forms(message)
    return message if forms is None else forms[0]


@lru_cache(maxsize=4096)
def _day(day: date, language: str) -> str:
    weekday = get_day_names("abbreviated", locale=language)[day.weekday()].rstrip(".")
    if language == "de":
        return f"{weekday}, {day:%d.%m.%Y}"
    month = get_month_names("abbreviated", locale=language)[day.month]
    return f"{weekday}, {day.day} {month} {day.year}"


@lru_cache(maxsize=512)
def _name(kind: str, number: int, *, width: str, language: str) -> str:
    names: Callable[..., object] = get_day_names if kind == "weekday" else get_month_names
    return str(names(width, locale=language)[number]).rstrip(".")  # type: ignore[index]


def weekday_name(moment: datetime, tz: Zone, width: str = "abbreviated") -> str:
    """Such as "Di" or, wide, "Dienstag"."""
    return _name(
        "weekday", moment.astimezone(_zone(tz)).weekday(), width=width, language=_language.get()
    )


def month_name(moment: datetime, tz: Zone, width: str = "abbreviated") -> str:
    """Such as "Nov" or, wide, "November"."""
    return _name("month", moment.astimezone(_zone(tz)).month, width=width, language=_language.get())


class DateLeaf(NamedTuple):
    """What stands on the date leaf: "Di", 18, "Nov", and the day for machines."""

    weekday: str
    day: int
    month: str
    date: str


def date_leaf(moment: datetime, tz: Zone) -> DateLeaf:
    """The leaf of the day at the place whose clock is *tz*."""
    return _leaf(moment.astimezone(_zone(tz)).date(), _language.get())


@lru_cache(maxsize=512)
def _leaf(day: date, language: str) -> DateLeaf:
    weekday = _name("weekday", day.weekday(), width="abbreviated", language=language)
    month = _name("month", day.month, width="abbreviated", language=language)
    return DateLeaf(weekday, day.day, month, day.isoformat())


def format_day(moment: datetime, tz: Zone) -> str:
    """Such as "Di, 18.11.2025" at the place whose clock is *tz*."""
    return _day(moment.astimezone(_zone(tz)).date(), _language.get())


def format_clock(moment: datetime, tz: Zone) -> str:
    """Such as "15:00"."""
    return f"{moment.astimezone(_zone(tz)):%H:%M}"


def format_time(moment: datetime, tz: Zone) -> str:
    """Such as "15:00 Uhr"."""
    return _with_clock_word(format_clock(moment, tz))


def format_moment(moment: datetime, tz: Zone) -> str:
    """Such as "Di, 18.11.2025, 15:00 Uhr"."""
    return f"{format_day(moment, tz)}, {format_time(moment, tz)}"


def format_span(start: datetime, end: datetime, tz: Zone) -> str:
    """Such as "Di, 18.11.2025, 15:00–17:45 Uhr"; both days where they differ."""
    if start.astimezone(_zone(tz)).date() != end.astimezone(_zone(tz)).date():
        return f"{format_moment(start, tz)} – {format_moment(end, tz)}"
    clock = f"{format_clock(start, tz)}–{format_clock(end, tz)}"
    return f"{format_day(start, tz)}, {_with_clock_word(clock)}"


def format_number(number: float) -> str:
    """Such as "1.234,5" or "1,234.5"."""
    return format_decimal(number, locale=_language.get())


def kept_together(*words: str) -> str:
    """The words that are there in one line of a page: its breaks never fall between them."""
    return "\u00a0".join(word for word in words if word)


def _with_clock_word(clock: str) -> str:
    return f"{clock} Uhr" if _language.get() == "de" else clock

"""Every string shown to people has a German translation that fits it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "shared",
    "services/registration",
    "services/scheduling",
    "services/notifications",
    "treffpunkt",
)
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "N_": None, "ngettext": (1, 2)}
KEYWORD = re.compile(r"^msg\w+(?:\[\d\])?", re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def used_in(package: str) -> dict[str, str]:
    """Message ids used in the package, each with a place where."""
    options = {"**": {"silent": "false"}}
    found = extract_from_dir(
        ROOT / package, method_map=METHODS, keywords=KEYWORDS, options_map=options
    )
    return {
        message if isinstance(message, str) else message[0]: f"{package}/{name}:{line}"
        for name, line, message, _comments, _context in found
        if message
    }


def catalogue(package: str) -> Catalog:
    """The package's German catalogue; empty where it has none."""
    path = ROOT / package / "translations" / "de.po"
    if not path.is_file():
        return Catalog(locale="de")
    with path.open("rb") as stream:
        return read_po(stream, locale="de", abort_invalid=True)


def entries(package: str) -> Iterator[Message]:
    """The messages of a catalogue without its header."""
    return (message for message in catalogue(package) if message.id)


def written_entries(package: str) -> list[str]:
    """The entries of a catalogue as they are written; whoever reads them drops or joins what is doubled."""
    path = ROOT / package / "translations" / "de.po"
    return path.read_text().strip().split("\n\n") if path.is_file() else []


def forms(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Source and German forms, one each or one per number."""
    if isinstance(message.id, str):
        return (message.id,), (str(message.string),)
    return tuple(message.id), tuple(message.string)


def translated(package: str) -> set[str]:
    """Message ids with complete German text in the catalogue of the package."""
    return {
        forms(message)[0][0]
        for message in entries(package)
        if all(forms(message)[1]) and not message.fuzzy
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_every_message_has_a_german_translation(package: str) -> None:
    known = translated(package) | translated("shared")
    missing = {
        message: place for message, place in used_in(package).items() if message not in known
    }
    assert missing == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_catalogue_carries_what_nobody_uses(package: str) -> None:
    used = {
        message
        for other in (PACKAGES if package == "shared" else (package,))
        for message in used_in(other)
    }
    assert translated(package) - used == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_message_is_written_once_with_one_translation(package: str) -> None:
    written = written_entries(package)
    sources = Counter(entry.partition("\nmsgstr")[0].rpartition("msgid ")[2] for entry in written)
    keywords = {entry: KEYWORD.findall(entry) for entry in written}

    assert [source for source, times in sources.items() if times > 1] == []
    assert [entry for entry, found in keywords.items() if len(found) != len(set(found))] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_translations_keep_the_placeholders(package: str) -> None:
    for message in entries(package):
        source, target = forms(message)
        assert set(PLACEHOLDER.findall(target[-1])) == set(PLACEHOLDER.findall(source[-1])), (
            message.id
        )


@pytest.mark.parametrize("package", PACKAGES)
def test_german_is_calm(package: str) -> None:
    loud = [message.id for message in entries(package) if "!" in "".join(forms(message)[1])]
    assert loud == []


def test_one_message_has_one_translation_everywhere() -> None:
    seen: dict[str, tuple[str, ...]] = {}
    for package in PACKAGES:
        for message in entries(package):
            source, target = forms(message)
            assert seen.setdefault(source[0], target) == target, f"{package}: {source[0]}"


def test_seats_are_signed_off_and_only_mails_are_released() -> None:
    released = [
        source[0]
        for package in PACKAGES
        for message in entries(package)
        for source, target in [forms(message)]
        if re.search(r"freigeb|freigegeb", " ".join(target), re.IGNORECASE)
        and not re.search(r"mail|einladung|release", " ".join((*source, *target)), re.IGNORECASE)
    ]
    assert released == []

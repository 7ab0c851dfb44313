"""Where a sign-in may lead to, and what a device is called."""

from __future__ import annotations

from urllib.parse import urlsplit

HOME = "/coordination/"
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def safe_path(target: str | None) -> str:
    """*target* if it is a path of this site, else the first page; nobody is sent elsewhere."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return HOME
    if "\\" in target or any(ord(letter) <= ord(" ") for letter in target):
        return HOME
    try:
        parts = urlsplit(target)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else target


def device_name(user_agent: str) -> str:
    """A name like "Firefox, Windows"; empty if nothing is known."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)

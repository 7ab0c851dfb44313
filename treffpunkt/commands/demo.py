"""The one call that makes demo data."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.settings import Settings


def make_demo(settings: Settings) -> str:
    """Make demo data where there is none yet; the lines that say how to sign in."""
    told = import_module("treffpunkt.demo").run(settings)
    return f"{told.rstrip()}\n" if told else ""

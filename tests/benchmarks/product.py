"""The command ``treffpunkt`` in an environment that holds what the product requires, and nothing of the tests'.

Some libraries import what they happen to find, which would count as the product's memory.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

REQUIREMENTS = Path("requirements.txt")
OURS = {"treffpunkt"}


class NotInstalled:
    """A finder that knows the packages that only the tests brought, and says that they are not there."""

    def __init__(self) -> None:
        lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
        required = {_plain(line.partition("==")[0]) for line in lines if "==" in line} | OURS
        self._hidden = {
            package
            for package, distributions in packages_distributions().items()
            if required.isdisjoint(map(_plain, distributions))
        }

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raises ModuleNotFoundError for a hidden package; leaves all others to those behind."""
        if name.partition(".")[0] in self._hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution.strip()).lower()


if __name__ == "__main__":
    sys.meta_path.insert(0, NotInstalled())
    from treffpunkt.cli import main

    main()

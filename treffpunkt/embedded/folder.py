"""The data folder: its layout, its lock, and small files that are written as a whole."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from treffpunkt.errors import Refusal

PRIVATE = 0o600


@dataclass(frozen=True)
class DataFolder:
    """Everything an embedded stack keeps between two starts."""

    path: Path

    @property
    def run(self) -> Path:
        """Pid files and what the running stack offers."""
        return self.path / "run"

    @property
    def log(self) -> Path:
        """One log file per process."""
        return self.path / "log"

    @property
    def keys(self) -> Path:
        """The secrets of this installation."""
        return self.path / "keys"

    @property
    def cache(self) -> Path:
        """What may be thrown away: compiled templates."""
        return self.path / "cache"

    @property
    def mailbox(self) -> Path:
        """One file per mail that the embedded mailbox took."""
        return self.path / "mailbox"

    def make(self) -> None:
        """Create what is missing; refuses a place that cannot be written."""
        try:
            # Others may pass through (root's PostgreSQL runs as nobody) but not look around.
            self.path.mkdir(parents=True, exist_ok=True)
            if self.path.stat().st_uid == os.geteuid():
                self.path.chmod(0o711)
            for folder in (self.run, self.log, self.keys, self.cache, self.mailbox):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Refusal(f"cannot use {self.path} as data folder: {error.strerror}") from error


def lock(folder: DataFolder) -> IO[str]:
    """Hold the folder until this process ends. Refusal if another ``up`` holds it."""
    # A POSIX lock belongs to this process alone: forked children neither hold nor release it.
    stream = (folder.run / "up.lock").open("a", encoding="ascii")
    try:
        fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.close()
        raise Refusal(
            f"a stack already runs on {folder.path}; stop it first, or use another --data-dir"
        ) from error
    return stream


def write_whole(path: Path, content: str | bytes, *, mode: int = PRIVATE) -> None:
    """Replace *path* so that a reader sees the old or the new content, never a part."""
    data = content.encode() if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
    draft.replace(path)


def write_json(path: Path, content: Any) -> None:
    """The same for a JSON document."""
    write_whole(path, json.dumps(content, indent=2) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in *path*; empty if there is none."""
    with suppress(OSError, ValueError):
        content = json.loads(path.read_text(encoding="utf-8"))
        return content if isinstance(content, dict) else {}
    return {}

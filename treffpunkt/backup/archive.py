"""The file of a backup: a ZIP with one member per table (PostgreSQL's COPY text) and a manifest."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from treffpunkt.errors import Refusal

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Saved:
    """One database as it was at one moment."""

    taken_at: datetime
    revision: str  # of its migrations
    columns: Mapping[str, list[str]]  # by table, in an order that suits foreign keys
    rows: Mapping[str, int]


class Archive:
    """An open file; written or read, never both."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file

    @contextmanager
    def writing(self, service: str, table: str) -> Iterator[IO[bytes]]:
        """Where the rows of *table* go."""
        member = zipfile.ZipInfo(f"{service}/{table}", date_time=(1980, 1, 1, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED
        with self._file.open(member, "w", force_zip64=True) as stream:
            yield stream

    @contextmanager
    def reading(self, service: str, table: str) -> Iterator[IO[bytes]]:
        """The rows of *table*."""
        with self._file.open(f"{service}/{table}") as stream:
            yield stream

    def finish(self, services: Mapping[str, Saved]) -> None:
        """Write the manifest, last: without it the file is no backup."""
        content = {"format": FORMAT, "services": {k: asdict(v) for k, v in services.items()}}
        self._file.writestr(MANIFEST, json.dumps(content, default=datetime.isoformat))

    def manifest(self) -> dict[str, Saved]:
        """What is inside, by service. Refusal unless it is a whole backup."""
        try:
            content = json.loads(self._file.read(MANIFEST))
        except (KeyError, ValueError) as error:
            raise Refusal("this is no backup: it has no manifest") from error
        if content["format"] != FORMAT:
            raise Refusal(f"this backup has format {content['format']}, known is {FORMAT}")
        if broken := self._file.testzip():
            raise Refusal(f"this backup is damaged: {broken}")
        return {service: _saved(given) for service, given in content["services"].items()}


def _saved(given: dict[str, Any]) -> Saved:
    return Saved(**{**given, "taken_at": datetime.fromisoformat(given["taken_at"])})


@contextmanager
def create(path: Path) -> Iterator[Archive]:
    """A new file at *path*, there only when it is whole; nobody but its owner may read it."""
    draft = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w+b") as stream:
            os.fchmod(stream.fileno(), 0o600)
            with zipfile.ZipFile(stream, "w") as file:
                yield Archive(file)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        raise Refusal(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The file at *path*. Refusal if it cannot be read."""
    try:
        file = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise Refusal(f"cannot read {path}: {error}") from error
    with file:
        yield Archive(file)

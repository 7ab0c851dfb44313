"""A person who must leave no trace, and the search for her: in tables, in Redis, in files."""

from __future__ import annotations

import base64
import binascii
import re
import zipfile
from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy import text

from shared.database import Database

NAME = "Kanarina Vogelsang"
EMAIL = "kanarina.vogelsang@dachdecker.example"
PHONE = "0231 98765432"
# However it is written: in parts, in other case, with another spelling of the number.
WORDS = ("kanarina", "vogelsang", "98765432")
_HEX = re.compile(rb"\\\\?x((?:[0-9a-f]{2}){12,})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")


def tells_of_her(content: str | bytes, words: Iterable[str] = WORDS) -> bool:
    """Whether *content* names her, plainly or in base64 (also the parts of a mail)."""
    raw = content.encode() if isinstance(content, str) else content
    folded = b"\n".join(_layers(raw)).lower()
    return any(word.encode() in folded for word in words)


def _layers(raw: bytes, depth: int = 3) -> Iterator[bytes]:
    yield raw
    for found in _HEX.findall(raw):  # as PostgreSQL writes bytes
        yield from _layers(bytes.fromhex(found.decode()), depth - 1)
    if depth > 0:
        for found in _BASE64.findall(raw.replace(b"\n", b"").replace(b"\r", b"")):
            inner = _decoded(found)
            if inner:
                yield from _layers(inner, depth - 1)


def _decoded(found: bytes) -> bytes:
    try:
        return base64.b64decode(found + b"=" * (-len(found) % 4))
    except binascii.Error:
        return b""


def in_mail(source: bytes) -> str:
    """Headers and texts of a mail, decoded."""
    message = message_from_bytes(source, policy=policy.default)
    parts = [str(value) for value in message.values()]
    texts = (part for part in message.walk() if part.get_content_maintype() == "text")
    parts.extend(str(part.get_content()) for part in texts)
    return "\n".join(parts)


def in_tables(database: Database, words: Iterable[str] = WORDS) -> set[str]:
    """The tables that name her in any column of any row."""
    with database.reading() as session:
        names = session.scalars(
            text("select tablename from pg_tables where schemaname = 'public'")
        ).all()
        return {
            name
            for name in names
            if any(
                _row_tells(row, words) for row in session.execute(text(f'select * from "{name}"'))
            )
        }


def _row_tells(row: Any, words: Iterable[str]) -> bool:
    for value in row:
        if isinstance(value, bytes | memoryview):
            source = bytes(value)
            if tells_of_her(in_mail(source), words) or tells_of_her(source, words):
                return True
        elif value is not None and tells_of_her(str(value), words):
            return True
    return False


def in_redis(url: str) -> set[str]:
    """The keys of Redis whose values name her."""
    with Redis.from_url(url, socket_timeout=5) as client:
        return {key.decode() for key in client.scan_iter() if tells_of_her(_value(client, key))}


def _value(client: Any, key: bytes) -> bytes:
    read = {
        b"string": lambda: [client.get(key) or b""],
        b"list": lambda: client.lrange(key, 0, -1),
        b"hash": lambda: [part for pair in client.hgetall(key).items() for part in pair],
        b"set": lambda: list(client.smembers(key)),
        b"zset": lambda: client.zrange(key, 0, -1),
    }
    return b"\n".join(read.get(client.type(key), list)())


def in_files(folder: Path, pattern: str = "*") -> set[str]:
    """The files below *folder* that name her."""
    return {
        path.name
        for path in folder.rglob(pattern)
        if path.is_file() and tells_of_her(path.read_bytes())
    }


def in_backup(file: Path) -> set[str]:
    """The parts of a backup that name her."""
    with zipfile.ZipFile(file) as archive:
        return {name for name in archive.namelist() if tells_of_her(archive.read(name))}

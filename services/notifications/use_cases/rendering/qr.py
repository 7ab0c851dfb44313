"""QR codes of tickets as small PNG pictures."""

from __future__ import annotations

import struct
import zlib

import segno

SCALE = 5
BORDER = 4
# Any mask is legal; choosing the best one would take two thirds of the time.
MASK = 3
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# One byte per module of a row, 0 or 1, becomes SCALE bits.
_DARK = "0" * SCALE
_LIGHT = "1" * SCALE


def png(text: str) -> bytes:
    """The code of *text* (ASCII) in black and white, error correction M."""
    code = segno.make(
        text,
        error="m",
        micro=False,
        mask=MASK,
        boost_error=False,
        mode="byte",
        encoding="latin1",
    )
    size = (len(code.matrix) + 2 * BORDER) * SCALE
    return (
        _SIGNATURE
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0))
        + (_chunk(b"IDAT", zlib.compress(_rows(code.matrix, size), 6)) + _chunk(b"IEND", b""))
    )


def _rows(matrix: tuple[bytearray, ...], size: int) -> bytes:
    width = (size + 7) // 8
    padding = "1" * (width * 8 - size)
    margin = _LIGHT * BORDER
    quiet = (b"\x00" + int("1" * width * 8, 2).to_bytes(width, "big")) * (BORDER * SCALE)
    rows = [quiet]
    for row in matrix:
        bits = "".join([_DARK if module else _LIGHT for module in row])
        line = int(f"{margin}{bits}{margin}{padding}", 2).to_bytes(width, "big")
        rows.append((b"\x00" + line) * SCALE)
    rows.append(quiet)
    return b"".join(rows)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

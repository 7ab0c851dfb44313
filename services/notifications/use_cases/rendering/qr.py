"""QR codes of tickets as small PNG pictures.

A QR code is linear: with version, mask and length fixed, changing one bit of the text flips the same
modules whatever the rest says. So the codes of texts that begin alike and are equally long are put together
from a few hundred precomputed flips, in a twentieth of the time.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import segno

SCALE = 5
BORDER = 4
# Any mask is legal; choosing the best one would take two thirds of the time.
MASK = 3
BITS = 7  # of an ASCII character
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# One module as SCALE pixels of one bit, white is 1.
_PIXELS = str.maketrans({"1": "0" * SCALE, "0": "1" * SCALE})


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """The codes of all texts with one beginning and length."""

    size: int  # modules on each side
    origin: int  # the modules, row by row, where the rest of the text is zero
    flips: tuple[int, ...]  # by bit of the rest


class TicketCodes:
    """Codes of links; quick for those like the one it was prepared for."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, int], _Shape] = {}

    def prepare(self, url: str) -> None:
        """Be quick for all links that differ from *url* behind its last slash only; takes half a second."""
        beginning, rest = _parted(url)
        size, origin = _modules(beginning + "\0" * len(rest))
        flips = []
        for position in range(len(rest)):
            for bit in range(BITS):
                one = "\0" * position + chr(1 << bit) + "\0" * (len(rest) - position - 1)
                flips.append(_modules(beginning + one)[1] ^ origin)
        self._shapes[beginning, len(rest)] = _Shape(size=size, origin=origin, flips=tuple(flips))

    def png(self, url: str) -> bytes:
        """The code of *url* (ASCII) in black and white, error correction M."""
        beginning, rest = _parted(url)
        shape = self._shapes.get((beginning, len(rest)))
        if shape is None:
            return _png(*_modules(url))
        modules = shape.origin
        for position, char in enumerate(rest):
            code = ord(char)
            for bit in range(BITS):
                if code >> bit & 1:
                    modules ^= shape.flips[position * BITS + bit]
        return _png(shape.size, modules)


def _parted(url: str) -> tuple[str, str]:
    beginning, slash, rest = url.rpartition("/")
    return beginning + slash, rest


def _modules(text: str) -> tuple[int, int]:
    """(modules on each side, the modules as one number, row by row)."""
    code = segno.make(
        text,
        error="m",
        micro=False,
        mask=MASK,
        boost_error=False,
        mode="byte",
        encoding="latin1",
    )
    rows = ["".join(["1" if module else "0" for module in row]) for row in code.matrix]
    return len(rows), int("".join(rows), 2)


def _png(size: int, modules: int) -> bytes:
    pixels = (size + 2 * BORDER) * SCALE
    header = struct.pack(">IIBBBBB", pixels, pixels, 1, 0, 0, 0, 0)
    data = zlib.compress(_rows(f"{modules:0{size * size}b}", size, pixels), 6)
    return b"".join(
        (_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    )


def _rows(modules: str, size: int, pixels: int) -> bytes:
    width = (pixels + 7) // 8
    # Each line of modules is drawn once; the lines below say "as above" (PNG filter 2).
    again = (b"\x02" + bytes(width)) * (SCALE - 1)
    quiet = b"\x00" + b"\xff" * width + (b"\x02" + bytes(width)) * (BORDER * SCALE - 1)
    margin = "1" * (BORDER * SCALE)
    padding = "1" * (width * 8 - pixels)
    rows = [quiet]
    for start in range(0, size * size, size):
        line = f"{margin}{modules[start : start + size].translate(_PIXELS)}{margin}{padding}"
        rows += (b"\x00", int(line, 2).to_bytes(width, "big"), again)
    rows.append(quiet)
    return b"".join(rows)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

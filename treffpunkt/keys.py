"""The secrets of an installation: made here, kept in the data folder by the embedded stack."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from treffpunkt.embedded.folder import write_whole

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("SECRET_KEY", "SESSION_PRIVATE_KEY", "SESSION_PUBLIC_KEY")


def make_keys() -> dict[str, str]:
    """A new set: the key of links and envelopes, and the pair that signs sessions (PEM)."""
    private = Ed25519PrivateKey.generate()
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SESSION_PRIVATE_KEY": private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode(),
        "SESSION_PUBLIC_KEY": private.public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    }


def kept_keys(folder: Path) -> dict[str, str]:
    """The set kept in *folder*, made on first use; one file per secret, for its owner only."""
    files = {name: folder / name.lower().replace("_", "-") for name in NAMES}
    if not all(path.exists() for path in files.values()):
        for name, value in make_keys().items():
            write_whole(files[name], value)
    return {name: path.read_text(encoding="ascii").strip() for name, path in files.items()}


def kept_secret(folder: Path, name: str) -> str:
    """A random word kept in *folder*, made on first use, for its owner only."""
    path = folder / name
    if not path.exists():
        write_whole(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii").strip()


def as_environment_file(keys: dict[str, str]) -> str:
    """Lines for an environment file; line breaks inside a value become backslash and n."""
    lines = (f"TREFFPUNKT_{k}={v.strip()}".replace("\n", "\\n") for k, v in keys.items())
    return "\n".join(lines) + "\n"

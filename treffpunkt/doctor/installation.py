"""Address, keys and processes of this installation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from treffpunkt.doctor.finding import Finding, mend, note, ok
from treffpunkt.embedded.environment import mailbox_url
from treffpunkt.embedded.folder import DataFolder
from treffpunkt.embedded.members import NAMES
from treffpunkt.embedded.processes import PidFile

if TYPE_CHECKING:
    from shared.settings import Settings

LOCAL = {"localhost", "127.0.0.1", "::1"}


def examine(settings: Settings) -> Iterator[Finding]:
    """Findings that need no other machine."""
    yield _address(settings)
    yield _session_keys(settings)
    yield from _processes(settings)


def _address(settings: Settings) -> Finding:
    parts = urlsplit(settings.base_url)
    if parts.scheme == "https" or parts.hostname in LOCAL:
        return ok("address", settings.base_url)
    return mend(
        "address",
        f"{settings.base_url} is not encrypted: passwords and personal data travel openly",
        "put a proxy with TLS in front, and set TREFFPUNKT_BASE_URL to its https address",
    )


def _session_keys(settings: Settings) -> Finding:
    private, public = settings.session_private_key, settings.session_public_key
    remedy = (
        "make a new pair with `treffpunkt keys`; everybody signs in once more, "
        "and second factors are set up anew"
    )
    if not public:
        return mend("sign-in", "TREFFPUNKT_SESSION_PUBLIC_KEY is not set", remedy)
    if not private:
        return note("sign-in", "public key alone: right everywhere but for scheduling")
    try:
        belong = _belong_together(private, public)
    except ValueError as error:
        return mend("sign-in", f"a session key is not readable: {error}", remedy)
    if not belong:
        return mend("sign-in", "the session keys do not belong together", remedy)
    return ok("sign-in", "the session keys belong together")


def _belong_together(private: str, public: str) -> bool:
    key = load_pem_private_key(private.encode(), password=None)
    shape = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    own = key.public_key().public_bytes(*shape)
    other = load_pem_public_key(public.encode()).public_bytes(*shape)
    return isinstance(key, Ed25519PrivateKey) and own == other


def _processes(settings: Settings) -> Iterator[Finding]:
    folder = DataFolder(settings.data_dir)
    if PidFile(folder.run, "up").living() is None:
        return
    recorded = [name for name in NAMES if (folder.run / f"{name}.pid").exists()]
    dead = [name for name in recorded if PidFile(folder.run, name).living() is None]
    if dead:
        remedy = f"look into {folder.log}; what dies is started again within seconds"
        yield mend("processes", f"not running: {', '.join(dead)}", remedy)
    else:
        yield ok("processes", f"{len(recorded)} of the embedded stack are running")
    if address := mailbox_url(folder):
        yield note("mailbox", f"all mails end at {address}; set TREFFPUNKT_SMTP_URL to send them")

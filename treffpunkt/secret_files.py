"""The secrets of a set-up with containers: one file each, made once, in folders by who may read them."""

from __future__ import annotations

import secrets
from pathlib import Path

from shared.settings import SERVICES
from treffpunkt.embedded.folder import PRIVATE, write_whole
from treffpunkt.keys import make_keys

FOLDERS = {
    "secret-key": "common",
    "session-public-key": "common",
    "session-private-key": "signing",
}
# Read by another user in the database's container; the volume itself is the boundary.
READABLE = {"postgres": 0o644}


def keep_secret_files(folder: Path, *, database_host: str) -> list[str]:
    """Make what is missing below *folder*, never replace anything; the names of what was made."""
    made = _keep_keys(folder) + _keep(folder / "postgres" / "postgres-password", _password())
    for service in SERVICES:
        password = folder / "postgres" / f"{service}-password"
        made += _keep(password, _password())
        known = password.read_text(encoding="ascii").strip()
        url = f"postgresql://{service}:{known}@{database_host}/{service}"
        made += _keep(folder / service / "database-url", url)
    return made


def _keep_keys(folder: Path) -> list[str]:
    # As a set: a private key without its public one would lock everybody out.
    files = {name: folder / place / name for name, place in FOLDERS.items()}
    if any(path.exists() for path in files.values()):
        return []
    keys = {name.lower().replace("_", "-"): value for name, value in make_keys().items()}
    return [made for name, path in files.items() for made in _keep(path, keys[name])]


def _keep(path: Path, content: str) -> list[str]:
    if path.exists():
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content, mode=READABLE.get(path.parent.name, PRIVATE))
    return [f"{path.parent.name}/{path.name}"]


def _password() -> str:
    return secrets.token_urlsafe(32)

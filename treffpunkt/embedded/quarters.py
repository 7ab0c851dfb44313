"""Where PostgreSQL and Redis live: a folder, and a user they accept to run as.

PostgreSQL refuses to run as root, and an unprotected Redis should not. Started by root both run as
``nobody``, who must be able to enter the folder and to execute the programs; where the data folder
or the programs lie in a place that nobody cannot enter, folder and copies go to a place of their own,
and the data folder remembers which.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from treffpunkt.embedded.folder import DataFolder, read_json, write_json
from treffpunkt.errors import Refusal

ELSEWHERE = (Path("/var/lib/treffpunkt"), Path("/var/tmp/treffpunkt"))  # noqa: S108 - entered by 0700 folders only
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
LONGEST_SOCKET_FOLDER = 85  # socket paths end at 107 bytes, the name inside takes up to 20


@dataclass(frozen=True)
class Quarters:
    """A private folder of *user* (None: of whoever runs this)."""

    home: Path
    user: pwd.struct_passwd | None

    def folder(self, name: str) -> Path:
        """A folder inside, made on first use, for its user alone."""
        return self._own(self.home / name)

    def sockets(self) -> Path:
        """A folder whose path is short enough for sockets in it."""
        usual = self.home / "sockets"
        if len(os.fsencode(usual)) <= LONGEST_SOCKET_FOLDER:
            return self._own(usual)
        # The temporary folder is everybody's, so the name is kept where only we can write.
        record = self.home / "sockets.json"
        short = Path(read_json(record).get("path") or f"/tmp/treffpunkt-{secrets.token_hex(6)}")  # noqa: S108
        write_json(record, {"path": str(short)})
        return self._own(short)

    def program(self, path: Path, *, beside: Sequence[str] = ()) -> Path:
        """*path* (bin/name below an installation), or a copy of the installation that the user can run."""
        if self.user is None or self.can_run(path):
            return path
        installation = path.parent.parent
        copies = self.folder("programs")
        for source in (installation, *(installation.parent.parent / name for name in beside)):
            target = copies / source.relative_to(installation.parent.parent)
            if not target.exists():
                shutil.copytree(source, target, symlinks=True)
        for folder, _, _ in os.walk(copies):
            Path(folder).chmod(0o755)
        copy = copies / path.relative_to(installation.parent.parent)
        if not self.can_run(copy):
            raise Refusal(f"user {self.user.pw_name} cannot run {path} nor a copy at {copy}")
        return copy

    def command(
        self, *words: str | Path, before: Callable[[], None] = lambda: None
    ) -> Callable[[], None]:
        """Turns the calling (forked) process into this program, as the right user; *before* as that user."""

        def become() -> None:
            os.umask(0o077)
            self._drop_privileges()
            before()
            os.chdir("/")
            os.execve(words[0], [str(word) for word in words], ENVIRONMENT)  # noqa: S606 - no shell wanted

        return become

    def _drop_privileges(self) -> None:
        if self.user is not None:
            os.setgroups([])
            os.setgid(self.user.pw_gid)
            os.setuid(self.user.pw_uid)

    def can_run(self, path: Path) -> bool:
        """Whether the user of these quarters can execute *path*."""
        user = self.user
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                [path, "--version"],
                cwd="/",
                env=ENVIRONMENT,
                capture_output=True,
                check=False,
                user=None if user is None else user.pw_uid,
                group=None if user is None else user.pw_gid,
                extra_groups=None if user is None else [],
            )
        except OSError:
            return False
        return done.returncode == 0

    def _own(self, folder: Path) -> Path:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            # Whoever owns the folder around it could have put a way to somebody else's here.
            opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise Refusal(f"{folder} is no folder of its own: {error.strerror}") from error
        try:
            self._take(opened, folder)
        finally:
            os.close(opened)
        return folder

    def _take(self, opened: int, folder: Path) -> None:
        if self.user is not None:
            os.fchown(opened, self.user.pw_uid, self.user.pw_gid)
        elif os.fstat(opened).st_uid != os.geteuid():
            raise Refusal(f"{folder} belongs to somebody else; remove it or use another --data-dir")
        os.fchmod(opened, 0o700)


def quarters(data: DataFolder) -> Quarters:
    """The quarters that belong to *data*: those of the last time, else newly chosen."""
    user = _unprivileged_user()
    record = data.path / "quarters.json"
    known = read_json(record).get("home")
    if known is not None:
        return _known_quarters(Path(known), data, user)
    chosen = _choose(data, user)
    write_json(record, {"home": str(chosen.home)})
    return chosen


def _known_quarters(home: Path, data: DataFolder, user: pwd.struct_passwd | None) -> Quarters:
    if not home.is_dir():
        raise Refusal(
            f"the databases of {data.path} were in {home}, which is gone; "
            f"put it back, or remove {data.path} to begin anew"
        )
    if home.stat().st_uid != (os.geteuid() if user is None else user.pw_uid):
        raise Refusal(f"{home} belongs to another user: start the stack as the one who began it")
    return Quarters(home, user)


def _choose(data: DataFolder, user: pwd.struct_passwd | None) -> Quarters:
    inside = data.path / "servers"
    if user is None:
        inside.mkdir(mode=0o700, exist_ok=True)
        return Quarters(inside, None)
    if _open_to_others(data.path):
        with suppress(OSError):
            return _private(inside, user)
    for place in ELSEWHERE:
        with suppress(OSError):
            place.mkdir(mode=0o711, parents=True, exist_ok=True)
            return _private(place / secrets.token_hex(6), user)
    raise Refusal(f"found no place for PostgreSQL that the user {user.pw_name} can enter")


def _private(folder: Path, user: pwd.struct_passwd) -> Quarters:
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return Quarters(folder, user)


def _unprivileged_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Refusal(
            "PostgreSQL does not run as root, and this machine has no user nobody: "
            "start the stack as an ordinary user"
        ) from None


def _open_to_others(folder: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))

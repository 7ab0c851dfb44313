"""Fixtures: the whole product, started as its users start it, on a folder and port of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from shared.settings import Settings, load_settings
from tests.servers import free_port
from tests.wait import wait_until
from treffpunkt.embedded.members import NAMES
from treffpunkt.embedded.processes import PidFile, send

ROOT = Path.cwd() if (Path.cwd() / "treffpunkt").exists() else Path(__file__).parent.parent
ADMIN = "admin@treffpunkt.example"


@dataclass
class Stack:
    """One embedded stack. Starts with ``start()``; ``stop()`` is clean, ``kill(name)`` is not."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)  # TREFFPUNKT_ is put in front
    program: tuple[str, ...] = ("treffpunkt",)  # what stands in for the command, for ``up`` alone
    process: subprocess.Popen[bytes] | None = None
    _token: str | None = None

    @property
    def url(self) -> str:
        """The address of everything."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        """What its own processes read."""
        return load_settings(self.data_dir, {})

    @property
    def mailbox_url(self) -> str:
        """The page that shows all mails."""
        return str(self.offers()["TREFFPUNKT_MAILBOX_URL"])

    def offers(self) -> dict[str, str]:
        """The file by which other commands find this stack."""
        content: dict[str, str] = json.loads((self.data_dir / "run/environment.json").read_text())
        return content

    def start(self, *arguments: str, within: float = 60) -> Stack:
        """Start and wait until it says ready."""
        output = self.data_dir.with_suffix(".out")
        command = ["up", "--port", str(self.port), "--data-dir", str(self.data_dir), *arguments]
        with output.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.program, *command],
                cwd=ROOT,
                env=self._variables(),
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: self._has_begun(output), within=within)
        assert self.process.poll() is None, output.read_text()
        return self

    def output(self) -> str:
        """What ``up`` printed."""
        return self.data_dir.with_suffix(".out").read_text()

    def stop(self, within: float = 15) -> float:
        """Stop cleanly; how many seconds it took."""
        assert self.process is not None
        begin = time.monotonic()
        self.process.terminate()
        self.process.wait(within)
        return time.monotonic() - begin

    def clean(self) -> None:
        """End whatever still runs, and remove the folder."""
        if self.process and self.process.poll() is None:
            self.stop()
        for name in NAMES:
            if pid := PidFile(self.data_dir / "run", name).living():
                send(pid, signal.SIGKILL, group=True)
        shutil.rmtree(self.data_dir.parent, ignore_errors=True)

    def pid(self, name: str) -> int:
        """The process that plays this part now."""
        return int((self.data_dir / "run" / f"{name}.pid").read_text())

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Signal one process; returns the pid it had."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def run(self, *arguments: str, status: int = 0) -> str:
        """Run a command of the command line against this stack; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "treffpunkt", *arguments, "--data-dir", str(self.data_dir)],
            cwd=ROOT,
            env=self._variables(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    @property
    def token(self) -> str:
        """An API token of an admin."""
        if self._token is None:
            self.run("coordinator", "add", ADMIN, "--name", "Ada Admin", "--role", "admin")
            self._token = self.run("token", "add", "tests", "--coordinator", ADMIN).strip()
        return self._token

    def get(self, path: str, *, token: str | None = None) -> tuple[int, str]:
        """Status and body of a page, whatever the status."""
        return self.call("GET", path, token=token)

    def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = None
    ) -> tuple[int, str]:
        """Status and body of an API call."""
        request = urllib.request.Request(self.url + path, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def mails(self, **query: str) -> list[dict[str, Any]]:
        """The mailbox's list (recipient=, kind=, registration=), newest first."""
        words = urllib.parse.urlencode(query)
        with urllib.request.urlopen(f"{self.mailbox_url}/api/mails?{words}", timeout=20) as answer:
            found: list[dict[str, Any]] = json.loads(answer.read())
        return found

    def mail(self, identifier: str) -> dict[str, Any]:
        """One mail: headers, text, html, calendar, parts."""
        address = f"{self.mailbox_url}/api/mails/{identifier}"
        with urllib.request.urlopen(address, timeout=20) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def _variables(self) -> dict[str, str]:
        given = {f"TREFFPUNKT_{name}": value for name, value in self.environment.items()}
        return {**os.environ, "TREFFPUNKT_RATE_LIMIT": "off", **given}

    def _has_begun(self, output: Path) -> bool:
        assert self.process is not None
        return "\nready " in f"\n{output.read_text()}" or self.process.poll() is not None


def new_stack(**environment: str) -> Stack:
    """A stack on a new folder, not started yet; ``clean()`` it afterwards."""
    # Not below pytest's own folder, which only its user may enter: root's PostgreSQL runs as nobody.
    folder = Path(tempfile.mkdtemp(prefix="treffpunkt-stack-")) / "var"
    folder.parent.chmod(0o711)
    return Stack(folder, environment=environment)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One stack for all tests that leave it whole."""
    stack = new_stack()
    try:
        yield stack.start()
    finally:
        stack.clean()


@pytest.fixture
def own_stack() -> Iterator[Stack]:
    """A stack for one test, not started yet: it may be killed, starved and started again."""
    stack = new_stack()
    try:
        yield stack
    finally:
        stack.clean()

"""``treffpunkt up``: start, second start, restarts of what dies, clean stop, orphans."""

from __future__ import annotations

import os
import signal
import socket
import stat
from pathlib import Path

import psycopg
import pytest

from tests.stack import Stack
from tests.wait import wait_until
from treffpunkt.embedded.members import NAMES
from treffpunkt.embedded.processes import started

READY = ("/health/ready", "/scheduling/health/ready", "/notifications/health/ready")


def is_ready(stack: Stack) -> bool:
    try:
        return all(stack.get(path)[0] == 200 for path in READY)
    except OSError:
        return False


def test_all_services_answer_under_one_port(stack: Stack) -> None:
    assert [stack.get(path)[0] for path in READY] == [200, 200, 200]


def test_every_process_has_a_pid_file(stack: Stack) -> None:
    assert [name for name in NAMES if started(stack.pid(name)) is None] == []


def test_secrets_are_readable_by_their_owner_alone(stack: Stack) -> None:
    files = [stack.data_dir / "run/environment.json", *(stack.data_dir / "keys").iterdir()]

    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_second_up_on_the_same_folder_is_refused(stack: Stack) -> None:
    assert "a stack already runs" in stack.run("up", "--port", "0", status=1)


def test_commands_find_the_stack_by_its_folder(stack: Stack) -> None:
    assert stack.run("migrate") == "".join(
        f"{name}: up to date\n" for name in ("registration", "scheduling", "notifications")
    )


def test_commands_without_a_stack_say_what_is_missing(stack: Stack, tmp_path: Path) -> None:
    other = Stack(tmp_path / "nothing")

    assert "TREFFPUNKT_BASE_URL is not set" in other.run("migrate", status=1)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_killed_comes_back(stack: Stack, name: str) -> None:
    old = stack.kill(name)

    wait_until(lambda: stack.pid(name) != old, within=10)
    wait_until(lambda: is_ready(stack), within=10)


def test_no_connection_is_refused_while_the_web_starts_anew(stack: Stack) -> None:
    old = stack.kill("web")
    refused = 0
    while stack.pid("web") == old:
        try:
            socket.create_connection(("127.0.0.1", stack.port), timeout=5).close()
        except ConnectionRefusedError:
            refused += 1

    assert refused == 0
    assert stack.get("/health/live")[0] == 200


def test_the_parent_has_no_threads_and_no_connections(stack: Stack) -> None:
    assert stack.process is not None
    parent = Path(f"/proc/{stack.process.pid}")
    links = [str(file.readlink()) for file in (parent / "fd").iterdir()]

    assert len(list((parent / "task").iterdir())) == 1
    assert sum(link.startswith("socket:") for link in links) == 3


def test_stops_quickly_and_leaves_nothing_running(own_stack: Stack) -> None:
    own_stack.start()
    pids = [own_stack.pid(name) for name in NAMES]

    took = own_stack.stop()

    assert own_stack.process is not None
    assert own_stack.process.returncode == 0
    assert took < 5
    assert [pid for pid in pids if started(pid)] == []
    assert list((own_stack.data_dir / "run").glob("*.pid")) == []


def test_data_and_secrets_survive_a_restart(own_stack: Stack) -> None:
    own_stack.start()
    before = own_stack.settings
    with psycopg.connect(before.database_url("registration")) as connection:
        connection.execute("create table kept (id int)")
    own_stack.stop()

    own_stack.start()

    with psycopg.connect(own_stack.settings.database_url("registration")) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)
    assert own_stack.settings.secret_keys == before.secret_keys


def test_orphans_of_a_killed_up_are_ended_by_the_next(own_stack: Stack) -> None:
    own_stack.start()
    assert own_stack.process is not None
    orphans = [own_stack.pid(name) for name in NAMES]
    own_stack.process.kill()
    own_stack.process.wait()

    own_stack.start()

    assert [pid for pid in orphans if started(pid)] == []
    assert is_ready(own_stack)


def test_a_pid_file_that_names_a_stranger_harms_nobody(own_stack: Stack) -> None:
    run = own_stack.data_dir / "run"
    run.mkdir(parents=True)
    (run / "web.pid").write_text(f"{os.getpid()}\n")
    (run / ".web.started").write_text(f"{os.getpid()} another-boot:1\n")

    own_stack.start()

    assert is_ready(own_stack)


def test_a_taken_port_is_named(own_stack: Stack, stack: Stack) -> None:
    own_stack.port = stack.port

    text = own_stack.run("up", "--port", str(stack.port), status=1)

    assert f"cannot listen on 127.0.0.1:{stack.port}" in text


def test_interrupt_stops_like_terminate(own_stack: Stack) -> None:
    own_stack.start()
    assert own_stack.process is not None

    own_stack.process.send_signal(signal.SIGINT)

    assert own_stack.process.wait(15) == 0

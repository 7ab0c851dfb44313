"""Rules of this code base that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.settings import PREFIX, VARIABLES

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted(
    path
    for package in ("treffpunkt", "shared", "services")
    for path in (ROOT / package).rglob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FUNCTION = 40
LONGEST_FILE = 400  # from 300 on, look for the noun by which it splits
MOST_POSITIONAL = 3  # what takes more says by name what it means
# What nearly every function is handed first is no argument of its own.
AMBIENT = {"self", "cls", "session", "settings", "database", "connection", "scope", "now", "at"}
# Where a signature is somebody else's.
FOREIGN_SIGNATURES = {"handle_error", "handle_DATA", "__init__", "__exit__", "__call__"}

# What must not be written, where it may be nevertheless, and what to use instead.
FORBIDDEN = [
    (
        r"(session|connection|database)\w*\.commit\(",
        {"shared/database.py"},
        "open Database.transaction() at the edge",
    ),
    (r"datetime\.(now|utcnow|today)\(|date\.today\(", {"shared/clock.py"}, "shared.clock.now()"),
    (r"\btime\.time\(", set(), "shared.clock.now(), or time.monotonic() for durations"),
    (r"\b(eta|countdown)\s*=|apply_async\(", set(), "a row with a due time"),
    (r"os\.(environ|getenv)", {"shared/settings.py"}, "shared.settings"),
    (r"shared_task|@app\.task", set(), "app.task(..., shared=False) in shared/messaging"),
    (r"https?://(pypi|files\.pythonhosted|registry\.)", set(), "no registry has an address here"),
]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def written(path: Path, pattern: str) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if re.search(pattern, line.partition("  # ")[0]):
            yield f"{name_of(path)}:{number}: {line.strip()}"


@pytest.mark.parametrize(("pattern", "allowed", "instead"), FORBIDDEN)
def test_what_must_not_be_written(pattern: str, allowed: set[str], instead: str) -> None:
    found = [
        hit for path in SOURCES if name_of(path) not in allowed for hit in written(path, pattern)
    ]

    assert found == [], f"use {instead}"


def test_every_module_says_what_it_owns() -> None:
    silent = [
        name_of(path)
        for path in SOURCES
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_no_file_is_too_long() -> None:
    lengths = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}

    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in [*SOURCES, *TESTS]
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert found == []


def test_more_than_two_arguments_are_named() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in functions(path)
        if len({argument.arg for argument in node.args.args} - AMBIENT) > MOST_POSITIONAL
        and node.name not in FOREIGN_SIGNATURES
    ]

    assert found == []


def test_no_module_is_called_after_nothing() -> None:
    vague = {"utils", "helpers", "common", "core", "manager", "misc"}

    assert [name_of(path) for path in SOURCES if vague & {path.stem, path.parent.name}] == []


def test_the_example_environment_lists_every_setting() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = re.findall(rf"^#? ?{PREFIX}([A-Z_]+)=", text, re.MULTILINE)

    assert [name for name in VARIABLES if name not in listed] == []
    assert [name for name in listed if name not in VARIABLES] == []


def test_the_proxy_is_given_every_variable_that_it_reads() -> None:
    read = re.findall(r"\{\$(\w+)", (ROOT / "docker/Caddyfile").read_text(encoding="utf-8"))
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert read == ["CADDY_TRUSTED_PROXIES"]
    # Never empty: Caddy takes its own default only for a variable that is not set at all.
    assert [
        name for name in read if not re.search(rf"{name}: \"\${{{name}:-\S+}}\"", compose)
    ] == []
    assert [name for name in read if f"\n# {name}=" not in example] == []


def test_the_command_line_leaves_no_traceback_behind() -> None:
    found = [hit for path in SOURCES for hit in written(path, r"\bprint\(")]

    assert found == []

"""Breaks a copy of the product in each listed way and shows the test that notices it.

    python -m tests.mutations [NAME…]     all of them, or those named
    python -m tests.mutations --list      the table as it stands in docs/reliability.md

Each test runs once on the whole copy first, so that it is the break it notices (--unchecked: not again).
Ends with status 1 if a break is noticed by nobody, or for another reason than the list says.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutations.catalogue import MUTATIONS
from tests.mutations.mutation import Edit, Mutation

ROOT = Path(__file__).parents[2]
TOO_LONG = 900  # seconds for one test
SHOWN = 100  # characters of the line that shows it


def main(names: Sequence[str]) -> int:
    """How many breaks nobody noticed."""
    if names == ["--list"]:
        print(table())
        return 0
    checked = "--unchecked" not in names
    names = [name for name in names if not name.startswith("--")]
    chosen = [one for one in MUTATIONS if not names or one.name in names]
    unknown = set(names) - {one.name for one in chosen}
    assert not unknown, f"no such mutation: {', '.join(sorted(unknown))}"
    with tempfile.TemporaryDirectory(prefix="treffpunkt-mutations-") as folder:
        tree = Path(folder)
        tree.chmod(0o755)
        copy(tree)
        tests = dict.fromkeys(one.test for one in chosen if checked)
        ill = [test for test in tests if not is_green(tree, test)]
        missed = [one.name for one in chosen if not is_noticed(tree, one)]
    print(f"{len(chosen) - len(missed)} of {len(chosen)} breaks were noticed")
    for name in (*ill, *missed):
        print(f"look at {name}")
    return len(ill) + len(missed)


def copy(tree: Path) -> None:
    """The files of the project as they are now, without what is built or ignored."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        source, target = ROOT / name, tree / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())


def is_green(tree: Path, test: str) -> bool:
    """Whether *test* passes before anything is broken."""
    status, output, _ = run(tree, test)
    if status:
        print(f"red before any break: {test}\n{output[-2000:]}")
    return not status


def is_noticed(tree: Path, mutation: Mutation) -> bool:
    """Whether the test fails on the broken copy, for the reason given."""
    with broken(tree, mutation.edits):
        status, output, seconds = run(tree, mutation.test)
    lines = [line for line in output.splitlines() if line.startswith("E ")]
    seen = next((line for line in lines if mutation.words in line), "")
    noticed = status == 1 and bool(seen)
    mark = "noticed " if noticed else "WRONG   " if status else "MISSED  "
    print(f"{mark} {mutation.name} ({mutation.breaks}), {seconds:.0f} s, {mutation.test}")
    print(f"         {(seen or ' '.join(lines[:2]))[1:].strip()[:SHOWN]}", flush=True)
    return noticed


@contextmanager
def broken(tree: Path, edits: Sequence[Edit]) -> Iterator[None]:
    """The copy with these edits, and afterwards without them."""
    whole = {edit.path: (tree / edit.path).read_text() for edit in edits}
    try:
        for edit in edits:
            text = (tree / edit.path).read_text()
            assert text.count(edit.old) == 1, f"{edit.path}: not exactly once: {edit.old}"
            (tree / edit.path).write_text(text.replace(edit.old, edit.new))
        yield
    finally:
        for path, text in whole.items():
            (tree / path).write_text(text)


def run(tree: Path, test: str) -> tuple[int, str, float]:
    """Status, output and duration of one test in the copy."""
    options = [
        "-q",
        "-x",
        "-m",
        "faults or not faults",
        "--tb=short",
        "-p",
        "no:cacheprovider",
        "--show-capture=no",
        f"--timeout={TOO_LONG}",
    ]
    begin = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-m", "pytest", *options, test],
            cwd=tree,
            capture_output=True,
            text=True,
            timeout=TOO_LONG,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 2, "E it did not end", TOO_LONG
    return done.returncode, done.stdout + done.stderr, time.monotonic() - begin


def table() -> str:
    """All breaks as Markdown."""
    rows = ["| break | what it breaks | noticed by |", "|---|---|---|"]
    for one in MUTATIONS:
        place, _, test = one.test.rpartition("::")
        rows.append(f"| `{one.name}` | {one.breaks} | `{Path(place).name}::{test}` |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))

"""The list of breaks stays true: each can still be made, names an existing test, and stands in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.messaging.checks import SENTENCES
from tests.faults.catalogue import FAULTS
from tests.mutations.__main__ import table
from tests.mutations.catalogue import MUTATIONS
from tests.mutations.mutation import Mutation

ROOT = Path(__file__).parents[2]
each = pytest.mark.parametrize("mutation", MUTATIONS, ids=[one.name for one in MUTATIONS])


def test_every_invariant_has_a_break() -> None:
    assert set(SENTENCES) - {one.breaks for one in MUTATIONS} == set()


@each
def test_it_can_be_made(mutation: Mutation) -> None:
    for edit in mutation.edits:
        assert (ROOT / edit.path).read_text(encoding="utf-8").count(edit.old) == 1, edit


@each
def test_its_test_exists(mutation: Mutation) -> None:
    place, _, test = mutation.test.partition("::")
    name, _, parameter = test.partition("[")

    assert parameter.removesuffix("]") in {"", *FAULTS}
    assert f"def {name}(" in (ROOT / place).read_text(encoding="utf-8")


def test_the_docs_show_the_list_as_it_is() -> None:
    text = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- mutations: begin -->")[2].partition("<!-- mutations: end -->")[0]

    assert shown.strip() == table()


def test_the_docs_show_every_sentence() -> None:
    text = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")

    assert [name for name in SENTENCES if f"| `{name}` | {SENTENCES[name]} |" not in text] == []

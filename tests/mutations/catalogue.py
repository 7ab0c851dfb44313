"""All breaks of the code, by name."""

from __future__ import annotations

from tests.mutations import faults, invariants
from tests.mutations.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = (*invariants.MUTATIONS, *faults.MUTATIONS)

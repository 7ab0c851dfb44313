"""Slots: edited one by one, or generated in a row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.scheduling.schemas.meetings import (
    EditedSlotSchema,
    GenerateSchema,
    SlotPatchSchema,
    SlotsOutSchema,
    pattern_of,
)
from services.scheduling.use_cases import slots
from shared.web.api import Blueprint
from shared.web.auth import coordinators, current_scope
from shared.web.context import transaction

blueprint = Blueprint("slots_api", __name__, url_prefix="/scheduling/api/v1")


@blueprint.patch("/slots/<uuid:slot_id>")
@coordinators("coordinator")
@blueprint.arguments(SlotPatchSchema)
@blueprint.response(200, EditedSlotSchema)
def edit_slot(data: dict[str, Any], slot_id: UUID) -> Any:
    """Edit a slot; whoever has a claim on it is told of a new time."""
    with transaction() as session:
        slot, _outcome = slots.edit_slot(session, current_scope(), slot_id, **data)
        return slot


@blueprint.post("/meetings/<uuid:meeting_id>/slots/generate")
@coordinators("coordinator")
@blueprint.arguments(GenerateSchema)
@blueprint.response(201, SlotsOutSchema)
def generate_slots(data: dict[str, Any], meeting_id: UUID) -> Any:
    """Add a row of slots of equal length."""
    with transaction() as session:
        scope = current_scope()
        pattern, capacity = pattern_of(data), data["capacity"]
        made = slots.generate_slots(session, scope, meeting_id, pattern, capacity=capacity)
        return {"slots": made}

"""Networks and venues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.scheduling import queries
from services.scheduling.schemas.networks import (
    NetworkInSchema,
    NetworkOutSchema,
    NetworkPatchSchema,
    VenueInSchema,
    VenueOutSchema,
    VenuePatchSchema,
    venue_columns,
)
from services.scheduling.schemas.roster import PageQuerySchema, VenuesQuerySchema
from services.scheduling.use_cases import networks
from shared.paging import part
from shared.web.api import Blueprint, pagination_header
from shared.web.auth import coordinators, current_scope
from shared.web.context import reading, transaction

blueprint = Blueprint("networks_api", __name__, url_prefix="/scheduling/api/v1")


@blueprint.post("/networks")
@coordinators("admin")
@blueprint.arguments(NetworkInSchema)
@blueprint.response(201, NetworkOutSchema)
def create_network(data: dict[str, Any]) -> Any:
    """Create a network with its districts."""
    with transaction() as session:
        return networks.create_network(session, **data)


@blueprint.get("/networks")
@coordinators("viewer")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, NetworkOutSchema(many=True))
def list_networks(query: dict[str, Any]) -> Any:
    """The networks you may see."""
    with reading() as session:
        found = queries.networks(session, current_scope())
    return _paged(found, query)


def _paged(found: Sequence[Any], query: dict[str, Any]) -> Any:
    page = part(found, number=query["page"], size=query["page_size"])
    return page.rows, {"X-Pagination": pagination_header(page)}


@blueprint.get("/networks/<uuid:network_id>")
@coordinators("viewer")
@blueprint.response(200, NetworkOutSchema)
def show_network(network_id: UUID) -> Any:
    """One network."""
    with reading() as session:
        return queries.network(session, current_scope(), network_id)


@blueprint.patch("/networks/<uuid:network_id>")
@coordinators("coordinator")
@blueprint.arguments(NetworkPatchSchema)
@blueprint.response(200, NetworkOutSchema)
def edit_network(data: dict[str, Any], network_id: UUID) -> Any:
    """Edit a network; other services hear of it."""
    with transaction() as session:
        scope = current_scope()
        return networks.edit_network(session, scope, network_id, **data)


@blueprint.post("/venues")
@coordinators("coordinator")
@blueprint.arguments(VenueInSchema)
@blueprint.response(201, VenueOutSchema)
def create_venue(data: dict[str, Any]) -> Any:
    """Create a venue of a network."""
    with transaction() as session:
        scope = current_scope()
        network_id = data.pop("network_id")
        return networks.create_venue(session, scope, network_id, **venue_columns(data))


@blueprint.get("/venues")
@coordinators("viewer")
@blueprint.arguments(VenuesQuerySchema, location="query")
@blueprint.response(200, VenueOutSchema(many=True))
def list_venues(query: dict[str, Any]) -> Any:
    """The venues of your networks."""
    with reading() as session:
        scope = current_scope()
        found = queries.venues(session, scope, query.get("network_id"))
    return _paged(found, query)


@blueprint.get("/venues/<uuid:venue_id>")
@coordinators("viewer")
@blueprint.response(200, VenueOutSchema)
def show_venue(venue_id: UUID) -> Any:
    """One venue."""
    with reading() as session:
        return queries.venue(session, current_scope(), venue_id)


@blueprint.patch("/venues/<uuid:venue_id>")
@coordinators("coordinator")
@blueprint.arguments(VenuePatchSchema)
@blueprint.response(200, VenueOutSchema)
def edit_venue(data: dict[str, Any], venue_id: UUID) -> Any:
    """Edit a venue; everybody registered for a meeting there is told of a new address or room."""
    with transaction() as session:
        scope = current_scope()
        revision, columns = data.pop("revision"), venue_columns(data)
        return networks.edit_venue(session, scope, venue_id, revision=revision, **columns)

"""Companies: the list with search and district, one company with its people and registrations."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template, request

from services.registration.pages.coordination.base import blueprint, my_networks
from services.registration.queries.company_list import companies, company_view, district_names
from shared.clock import now
from shared.paging import page_number
from shared.web.auth import coordinators
from shared.web.context import reading, settings

MAX_WORDS = 100


@blueprint.get("/companies")
@coordinators("viewer")
def company_list() -> str:
    q = request.args.get("q", "").strip()[:MAX_WORDS]
    with reading() as session:
        districts = district_names(session, my_networks())
        district = request.args.get("district", "")
        district = district if district in districts else ""
        page = companies(
            session,
            my_networks(),
            q=q,
            district=district,
            number=page_number(request.args),
            now=now(),
        )
    return render_template(
        "coordination/companies.html",
        active="companies",
        page=page,
        q=q,
        district=district,
        districts=districts,
    )


@blueprint.get("/companies/<uuid:company_id>")
@coordinators("viewer")
def company_page(company_id: UUID) -> str:
    with reading() as session:
        view = company_view(session, company_id, my_networks(), now=now())
        if view is None:
            abort(404)
        return render_template(
            "coordination/company.html", active="companies", view=view, tz=settings().time_zone
        )

"""Answers that several pages give: links that lead nowhere, or no longer where they did."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from shared.language import gettext as _
from shared.web.private import private
from shared.web.problems import telephone


def unknown_link() -> Response:
    """The link was never made here, or what it led to is gone."""
    text = render_template("link_problem.html", problem="unknown", phone=telephone())
    return private(make_response(text, 404))


def released_seat() -> Response:
    """The link is genuine, but the seat is no longer its holder's. Whose it was, nobody is told here."""
    text = render_template(
        "link_problem.html",
        problem="closed",
        phone=telephone(),
        title=_("This seat was given up"),
        text=_(
            "The company has given it up or passed it on. Would you like to come all the same?"
            " Please ask there, or call us."
        ),
    )
    return private(make_response(text, 404))


def outdated_link() -> Response:
    """A newer mail has the link that works."""
    text = render_template(
        "link_problem.html",
        problem="expired",
        phone=telephone(),
        title=_("There is a newer link"),
        text=_("The address was corrected since. The latest mail from us has the link that works."),
    )
    return private(make_response(text, 410))


def erased_link() -> Response:
    """Nothing is kept any more of whom the link belonged to."""
    text = render_template(
        "link_problem.html",
        problem="expired",
        phone=telephone(),
        title=_("These data have been erased"),
        text=_("Names and addresses are kept as long as they are needed, or until somebody asks."),
    )
    return private(make_response(text, 410))

"""Accounts of coordinators: added, invited, edited, deactivated; API tokens."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain.names import normal_email
from services.scheduling.domain.refusals import conflict, invalid, missing
from services.scheduling.models import ApiToken, Coordinator, Network
from services.scheduling.use_cases import passwords, second_factor, signing_in
from services.scheduling.use_cases.saving import refusing
from services.scheduling.use_cases.telling import coordinator_saved, password_link_requested
from shared.clock import now
from shared.identifiers import new_id
from shared.language import gettext as _
from shared.links import ACCOUNT_PATH
from shared.settings import Settings
from shared.sign_in import Authority
from shared.sign_in import Coordinator as SignedIn

ROLES = ("viewer", "coordinator", "admin")


def add_coordinator(
    session: Session,
    settings: Settings,
    *,
    email: str,
    name: str,
    role: str = "coordinator",
    network_slugs: Sequence[str] = (),
    language: str | None = None,
) -> str:
    """A new account; the link that sets its password. Raises RefusedError."""
    account = create_account(
        session,
        email=email,
        name=name,
        role=role,
        networks=_by_slugs(session, network_slugs),
        language=language or settings.language,
    )
    token = passwords.open_link(account, passwords.INVITATION_LIFE)
    session.flush()
    return f"{settings.base_url}{ACCOUNT_PATH}{token}"


def _by_slugs(session: Session, slugs: Sequence[str]) -> list[Network]:
    found = []
    for slug in slugs:
        network = queries.network_by_slug(session, slug)
        if network is None:
            raise invalid("network", _("There is no network “%(slug)s”.", slug=slug))
        found.append(network)
    return found


def create_account(
    session: Session,
    *,
    email: str,
    name: str,
    role: str,
    networks: Sequence[Network],
    language: str,
) -> Coordinator:
    """A new account without a password. Raises RefusedError."""
    if role not in ROLES:
        raise invalid("role", _("Please choose a role."))
    taken = conflict("account-exists", _("This address has an account already."), field="email")
    account = Coordinator(
        id=new_id(),
        email=normal_email(email),
        name=name,
        role=role,
        language=language,
        active=True,
        epoch=1,
        revision=0,
        link_version=1,
        networks=list(networks),
    )
    with refusing(session, "uq_coordinator_email", taken):
        session.add(account)
    coordinator_saved(session, account)
    return account


def invite(session: Session, account: Coordinator) -> None:
    """Have the link that sets the first password mailed."""
    token = passwords.open_link(account, passwords.INVITATION_LIFE)
    account.link_asked_at = now()
    password_link_requested(session, account, "invite", token)


def account(session: Session, coordinator_id: UUID) -> Coordinator:
    """The account, locked. Raises RefusedError (missing)."""
    query = select(Coordinator).where(Coordinator.id == coordinator_id).with_for_update()
    found = session.scalar(query)
    if found is None:
        raise missing()
    return found


def edit_account(
    session: Session, coordinator_id: UUID, *, name: str, role: str, networks: Sequence[Network]
) -> Coordinator:
    """Edit name and rights; lesser rights hold at once everywhere. Raises RefusedError."""
    found = account(session, coordinator_id)
    if found.role == "admin" and role != "admin":
        _keep_an_admin(session, found)
    found.name, found.role = name, role
    found.networks[:] = networks
    coordinator_saved(session, found)
    return found


def deactivate(session: Session, coordinator_id: UUID, *, successor_id: UUID | None) -> Coordinator:
    """End the account, its sign-ins and tokens; the successor gets its networks. Raises RefusedError."""
    found = account(session, coordinator_id)
    if not found.active:
        return found
    _keep_an_admin(session, found)
    if successor_id:
        _succeed(session, found, successor_id)
    found.active = False
    found.password_hash = None
    passwords.end_link(found)
    passwords.end_everything(session, found)
    coordinator_saved(session, found)
    return found


def _succeed(session: Session, leaving: Coordinator, successor_id: UUID) -> None:
    successor = account(session, successor_id)
    if successor.id == leaving.id or not successor.active:
        raise invalid("successor", _("Please choose somebody else who is active."))
    leaving.successor_id = successor.id
    known = {network.id for network in successor.networks}
    successor.networks.extend(n for n in leaving.networks if n.id not in known)
    coordinator_saved(session, successor)


def reactivate(session: Session, coordinator_id: UUID) -> Coordinator:
    """Open the account again; a new link for its password is mailed."""
    found = account(session, coordinator_id)
    if not found.active:
        found.active, found.successor_id = True, None
        coordinator_saved(session, found)
        invite(session, found)
    return found


def remove_second_factor(session: Session, coordinator_id: UUID) -> Coordinator:
    """Let the password alone sign in again, where phone and recovery codes are lost."""
    found = account(session, coordinator_id)
    second_factor.remove(session, found.id)
    signing_in.end_all(session, found)
    return found


def reset_second_factor(session: Session, settings: Settings, *, email: str) -> str:  # noqa: ARG001 - as all commands
    """The same by address, for the command line. Raises RefusedError."""
    found = queries.coordinator_by_email(session, normal_email(email))
    if found is None:
        raise invalid("coordinator", _("There is no active account with this address."))
    return remove_second_factor(session, found.id).email


def _keep_an_admin(session: Session, leaving: Coordinator) -> None:
    if leaving.role != "admin":
        return
    query = select(Coordinator.id).where(
        Coordinator.role == "admin", Coordinator.active, Coordinator.id != leaving.id
    )
    if session.scalars(query.with_for_update()).first() is None:
        raise conflict("last-admin", _("Somebody must remain who manages accounts."), field="role")


def add_token(session: Session, settings: Settings, *, name: str, coordinator_email: str) -> str:
    """A new API token of an account; its text is kept nowhere. Raises RefusedError."""
    found = queries.coordinator_by_email(session, normal_email(coordinator_email))
    if found is None or not found.active:
        raise invalid("coordinator", _("There is no active account with this address."))
    token = ApiToken(id=new_id(), coordinator_id=found.id, name=name)
    session.add(token)
    session.flush()
    return Authority(settings).api_token(signed_in(found), token.id)


def signed_in(found: Coordinator) -> SignedIn:
    """The account as a sign-in carries it."""
    return SignedIn(
        id=found.id,
        name=found.name,
        email=found.email,
        role=found.role,
        network_ids=frozenset(network.id for network in found.networks),
        epoch=found.epoch,
    )


def revoke_token(session: Session, coordinator_id: UUID, token_id: UUID) -> None:
    """End one token; the other services refuse it as soon as they hear of it."""
    found = account(session, coordinator_id)
    token = session.get(ApiToken, token_id)
    if token is None or token.coordinator_id != found.id:
        raise missing()
    if token.revoked_at is None:
        token.revoked_at = now()
        coordinator_saved(session, found)

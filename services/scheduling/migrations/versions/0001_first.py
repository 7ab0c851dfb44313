"""All tables of scheduling."""

from alembic import op

from services.scheduling.models import Base
from shared.messaging import tables as messaging

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them in an empty database."""
    op.execute("create type uuid_range as range (subtype = uuid)")
    Base.metadata.create_all(op.get_bind())
    messaging.create(op)

"""First: all tables of registration, and those of outbox and inbox.

Revision ID: 0001
Revises:
"""

from alembic import op

from services.registration.models import Base
from shared.messaging import tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())
    tables.create(op)


def downgrade() -> None:
    raise NotImplementedError

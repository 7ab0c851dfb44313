"""All tables of the first release, and the trigger that wakes the mailer."""

from alembic import op

from services.notifications.models import Base
from shared.messaging import tables

revision = "0001"
down_revision = None

# A mailer listens; a trigger spares every writer a statement, and no writer can forget it.
WAKE = """
create function wake_mailer() returns trigger language plpgsql as $$
begin
    perform pg_notify('mails', '');
    return null;
end $$;
create trigger wake_mailer_by_new after insert on mail
    for each statement execute function wake_mailer();
create trigger wake_mailer_by_release after update of state, ready, due_at on mail
    for each row when (new.state = 'queued' and new.ready) execute function wake_mailer();
alter table mail alter column message set storage external;
"""


def upgrade() -> None:
    """Create everything."""
    Base.metadata.create_all(op.get_bind())
    tables.create(op)
    op.execute(WAKE)

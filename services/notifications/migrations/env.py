"""Runs the migrations of notifications inside the connection that shared.database.migrate opened."""

from services.notifications.models import Base
from shared.database import run_migrations
from shared.messaging.tables import metadata as messaging

run_migrations(Base.metadata, messaging)

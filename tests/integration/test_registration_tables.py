"""The migration of registration makes exactly what the models say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.registration.models import Base
from shared.database import Database
from shared.messaging.tables import metadata as messaging


def test_migrated_tables_are_those_of_the_models(registration_database: Database) -> None:
    with registration_database.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}),
            [Base.metadata, messaging],  # type: ignore[arg-type]
        )
    assert differences == []

"""What the migrations make is exactly what the models say; each column, constraint and index by its name."""

from __future__ import annotations

from importlib import import_module

import psycopg
import pytest
from sqlalchemy import MetaData, NullPool, create_engine
from sqlalchemy.engine import Connection, make_url

from shared.messaging.tables import metadata as messaging
from tests.databases import Servers

SERVICES = ("registration", "scheduling", "notifications")
COLUMNS = """
select class.relname, attribute.attname, format_type(atttypid, atttypmod), attnotnull, attgenerated,
       attidentity, pg_get_expr(adbin, adrelid)
from pg_attribute attribute
join pg_class class on class.oid = attrelid and relkind = 'r' and relnamespace = to_regnamespace(%s)
left join pg_attrdef on adrelid = attrelid and adnum = attnum
where attnum > 0 and not attisdropped and relname <> 'alembic_version'
"""
# What kind of constraint "not null" is differs between versions of PostgreSQL; the columns tell of it.
CONSTRAINTS = """
select conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid)
from pg_constraint
where connamespace = to_regnamespace(%s) and contype <> 'n'
  and conrelid <> coalesce(to_regclass('alembic_version'), 0)
"""
INDEXES = """
select tablename, indexname, indexdef from pg_indexes
where schemaname = %s and tablename <> 'alembic_version'
"""
TABLES = """
select relname, reloptions from pg_class
where relnamespace = to_regnamespace(%s) and relkind = 'r' and relname <> 'alembic_version'
"""


@pytest.mark.parametrize("service", SERVICES)
def test_migrated_schema_is_that_of_the_models(servers: Servers, service: str) -> None:
    servers.database(service)
    url = make_url(servers.owners[service]).set(drivername="postgresql+psycopg")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        migrated = catalog(connection, "public")
        connection.exec_driver_sql("create schema models")
        connection.exec_driver_sql("set local search_path = models, public")
        for metadata in models_of(service):
            metadata.create_all(connection, checkfirst=False)
        said = catalog(connection, "models")
        connection.rollback()

    assert sorted(migrated - said) == []
    assert sorted(said - migrated) == []


def models_of(service: str) -> list[MetaData]:
    """All tables of *service*."""
    own: MetaData = import_module(f"services.{service}.models").Base.metadata
    return [own, messaging]


def catalog(connection: Connection, schema: str) -> set[str]:
    """Everything that stands in *schema*, one line each."""
    connection.exec_driver_sql(f"set local search_path = {schema}, public")
    lines = set()
    for query in (TABLES, COLUMNS, CONSTRAINTS, INDEXES):
        for row in connection.exec_driver_sql(query, (schema,)):
            lines.add(" ".join(str(cell) for cell in row).replace(f"{schema}.", ""))
    return lines


@pytest.mark.parametrize("service", SERVICES)
def test_service_owns_everything_in_its_database(servers: Servers, service: str) -> None:
    servers.database(service)
    with psycopg.connect(servers.owners[service]) as connection:
        strangers = connection.execute(
            "select tablename from pg_tables where schemaname = 'public' and tableowner <> %s",
            (service,),
        ).fetchall()

    assert strangers == []

"""The tables of one database: in which order they are filled, and their rows in and out."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from psycopg import sql
from sqlalchemy import text

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy.engine import Connection

    from treffpunkt.backup.archive import Archive, Saved

# Signs of life are of the moment; the version of the schema stands in the manifest.
LEFT_OUT = frozenset({"heartbeat", "canary"})
VERSION = "alembic_version"
CHUNK = 1 << 16

_COLUMNS = text("""
    select relname, array_agg(attname::text order by attnum) as columns
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = to_regnamespace(:schema) and relkind = 'r' and attnum > 0
      and not attisdropped and attgenerated = ''
    group by relname order by relname
""")
_REFERENCES = text("""
    select child.relname as child, parent.relname as parent
    from pg_constraint join pg_class child on child.oid = conrelid join pg_class parent on parent.oid = confrelid
    where contype = 'f' and connamespace = to_regnamespace(:schema) and conrelid <> confrelid
""")


def columns_of(connection: Connection, schema: str = "public") -> dict[str, list[str]]:
    """The columns that have values of their own, by table; referenced tables before those that refer."""
    found = {row.relname: row.columns for row in connection.execute(_COLUMNS, {"schema": schema})}
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(found, ()))
    for row in connection.execute(_REFERENCES, {"schema": schema}):
        order.add(row.child, row.parent)
    return {name: found[name] for name in order.static_order() if name != VERSION}


def save(
    connection: Connection, archive: Archive, service: str
) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Copy all rows into *archive*; the columns and the number of rows by table."""
    columns, rows = columns_of(connection), {}
    for table, names in columns.items():
        if table in LEFT_OUT:
            continue
        statement = _copy(table, names, "to stdout")
        with archive.writing(service, table) as stream, _cursor(connection) as cursor:
            with cursor.copy(statement) as copy:
                for block in copy:
                    stream.write(block)
            rows[table] = cursor.rowcount
    return {table: columns[table] for table in rows}, rows


def fill(connection: Connection, archive: Archive, service: str, saved: Saved) -> None:
    """Copy all rows out of *archive* into the empty tables."""
    for table, names in saved.columns.items():
        statement = _copy(table, names, "from stdin")
        with (
            archive.reading(service, table) as stream,
            _cursor(connection) as cursor,
            cursor.copy(statement) as copy,
        ):
            while block := stream.read(CHUNK):
                copy.write(block)


def _copy(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("copy public.{} ({}) {}").format(
        sql.Identifier(table), names, sql.SQL(direction)
    )


def _cursor(connection: Connection) -> psycopg.Cursor[Any]:
    driver: Any = connection.connection.driver_connection
    cursor: psycopg.Cursor[Any] = driver.cursor()
    return cursor

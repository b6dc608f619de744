"""The last id that a table has given. It may be that of a row deleted since: others still name it, so it is not to come again."""

from sqlalchemy import Connection, MetaData, Table, func, select, text

LAST_IN_SQLITE = text("SELECT max(seq) FROM sqlite_sequence WHERE name = :name")
LAST_IN_POSTGRESQL = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, 'id')::regclass)")


def last_ids(connection: Connection, tables: MetaData) -> dict[str, int]:
    """Of the tables whose ids last, the greatest that each ever gave; 0 before the first."""
    lasting = [table for table in tables.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]]
    return {table.name: last_id(connection, table) for table in lasting}


def last_id(connection: Connection, table: Table) -> int:
    """The greatest id that a table ever gave."""
    counted = LAST_IN_POSTGRESQL if connection.dialect.name == "postgresql" else LAST_IN_SQLITE
    given = connection.scalar(counted, {"name": table.name})
    return max(given or 0, connection.scalar(select(func.max(table.c.id))) or 0)


def go_on_behind(connection: Connection, table: Table, last: int) -> None:
    """Give no id up to ``last`` again, nor one that there is."""
    last = max(last, connection.scalar(select(func.max(table.c.id))) or 0)
    if last == 0:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))
        return
    named = {"name": table.name, "last": last}
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), named)
    connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), named)

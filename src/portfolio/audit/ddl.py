"""The database itself refuses to change the trail: triggers on both databases, and the chains' first heads.

Called by the first migration; frozen, like a migration: a later change is a new function.
"""

import uuid

from sqlalchemy import Connection, text

TABLES = ("audit_event", "audit_row")
HEADS = ("decision", "data", "security", "read", "rows")


def protect(connection: Connection) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on the trail, seed one head for each chain, and name this installation's trail."""
    connection.execute(
        text("INSERT INTO installation_fact (key, value) VALUES ('chain_id', :value)"), {"value": str(uuid.uuid4())}
    )
    for name in HEADS:
        connection.execute(
            text("INSERT INTO audit_head (chain, seq, hash) VALUES (:name, 0, :zero)"), {"name": name, "zero": "0" * 64}
        )
    if connection.dialect.name == "sqlite":
        for table in TABLES:
            for act in ("UPDATE", "DELETE"):
                connection.execute(
                    text(
                        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                        "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
                    )
                )
        return
    connection.execute(
        text(
            "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$"
        )
    )
    for table in TABLES:
        connection.execute(
            text(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
            )
        )


def unprotect(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for table in TABLES:
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act}"))
        return
    for table in TABLES:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"))
    connection.execute(text("DROP FUNCTION IF EXISTS audit_refuse()"))

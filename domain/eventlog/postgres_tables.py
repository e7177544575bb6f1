"""The tables of a log in PostgreSQL, and the triggers that make them append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.storage.postgres_server import LOG_CREATION_LOCK, LOG_SCHEMA

if TYPE_CHECKING:
    import psycopg

TABLES = """
CREATE SCHEMA IF NOT EXISTS aboard;
SET LOCAL search_path TO aboard;
CREATE TABLE stored_events (
    notification_id BIGINT PRIMARY KEY CHECK (notification_id > 0),
    originator_id TEXT COLLATE "C" NOT NULL,
    originator_version BIGINT NOT NULL,
    topic TEXT NOT NULL,
    state BYTEA NOT NULL,
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE event_ids (
    event_id TEXT COLLATE "C" PRIMARY KEY,
    position BIGINT NOT NULL UNIQUE
);
CREATE TABLE log_identity (id TEXT COLLATE "C" PRIMARY KEY);
CREATE UNIQUE INDEX one_identity ON log_identity ((true));
CREATE TABLE named (
    kind TEXT COLLATE "C", id TEXT COLLATE "C", stream TEXT COLLATE "C",
    PRIMARY KEY (kind, id, stream)
);
CREATE TABLE named_reach (made BIGINT NOT NULL, position BIGINT NOT NULL);
INSERT INTO log_identity VALUES (replace(gen_random_uuid()::text, '-', ''));
INSERT INTO named_reach VALUES (0, 0);
CREATE FUNCTION json_each(list text) RETURNS TABLE (value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT one FROM jsonb_array_elements_text(list::jsonb) AS one $$;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE restrict_violation USING MESSAGE = 'the log is append-only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_ids
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_identity
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"""


def create(db: psycopg.Connection[Any]) -> None:
    """Create the log's tables where there are none, as a part of a transaction."""
    db.execute("SELECT pg_advisory_xact_lock(%s)", (LOG_CREATION_LOCK,))
    if not is_created(db):
        db.execute(TABLES.encode())


def is_created(db: psycopg.Connection[Any]) -> bool:
    """Whether the tables of a log are in a database."""
    row = db.execute("SELECT to_regclass(%s)", (f"{LOG_SCHEMA}.log_identity",)).fetchone()
    return row is not None and row[0] is not None

package io.theseus.cache.store;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The tables, and the way to them from every earlier version. */
final class Schema {
    /** Each entry leads from one version to the next; only new ones may be added. */
    private static final List<List<String>> STEPS = List.of(
            List.of(
                    """
            CREATE TABLE answers (
                id INTEGER PRIMARY KEY,
                key BLOB NOT NULL UNIQUE,
                model_root BLOB NOT NULL,
                model TEXT NOT NULL,
                engine TEXT NOT NULL,
                kind TEXT NOT NULL,
                scope TEXT NOT NULL,
                question TEXT NOT NULL,
                answer TEXT NOT NULL,
                created INTEGER NOT NULL,
                expires INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                prompt_tokens INTEGER NOT NULL,
                completion_tokens INTEGER NOT NULL,
                compute_nanos INTEGER NOT NULL,
                hits INTEGER NOT NULL,
                last_used INTEGER NOT NULL,
                heat REAL NOT NULL,
                priority REAL NOT NULL,
                pinned INTEGER NOT NULL,
                receipt BLOB NOT NULL,
                proof BLOB NOT NULL,
                payload_file BLOB,
                payload BLOB
            )""",
                    "CREATE INDEX answers_priority ON answers (pinned, priority)",
                    "CREATE INDEX answers_expires ON answers (pinned, expires)",
                    "CREATE INDEX answers_last_used ON answers (last_used)",
                    "CREATE INDEX answers_model ON answers (model_root)",
                    "CREATE INDEX answers_files ON answers (payload_file) WHERE payload_file IS NOT NULL",
                    // One row: sums that every process keeps right, whichever of them writes.
                    "CREATE TABLE totals (entries INTEGER NOT NULL, bytes INTEGER NOT NULL)",
                    "INSERT INTO totals VALUES (0, 0)",
                    """
            CREATE TRIGGER answers_added AFTER INSERT ON answers BEGIN
                UPDATE totals SET entries = entries + 1, bytes = bytes + NEW.bytes;
            END""",
                    """
            CREATE TRIGGER answers_removed AFTER DELETE ON answers BEGIN
                UPDATE totals SET entries = entries - 1, bytes = bytes - OLD.bytes;
            END""",
                    "CREATE TABLE lifetime (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
                    "CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL)"),
            List.of("""
            CREATE TABLE questions (
                key BLOB PRIMARY KEY,
                context BLOB NOT NULL,
                question TEXT NOT NULL,
                encoder BLOB NOT NULL,
                embedding BLOB NOT NULL
            )""", """
            CREATE TRIGGER questions_removed AFTER DELETE ON answers BEGIN
                DELETE FROM questions WHERE key = OLD.key;
            END""", """
            CREATE TABLE outcomes (
                id INTEGER PRIMARY KEY,
                key BLOB NOT NULL,
                cosine REAL NOT NULL,
                correct INTEGER NOT NULL,
                servable INTEGER NOT NULL
            )"""));

    private Schema() {}

    /** Brings the database behind {@code session} up to date; several processes may do so at once. */
    static void migrate(Session session) throws SQLException {
        if (version(session) == STEPS.size()) {
            return;
        }
        session.execute("BEGIN IMMEDIATE");
        try {
            int version = version(session);
            if (version > STEPS.size()) {
                throw new TheseusException(
                        ErrorCode.UNAVAILABLE,
                        "the cache was written by a newer Theseus (version " + version + ", this one knows "
                                + STEPS.size() + "); use that one, or another --home");
            }
            for (List<String> step : STEPS.subList(version, STEPS.size())) {
                for (String statement : step) {
                    session.execute(statement);
                }
            }
            session.execute("PRAGMA user_version = " + STEPS.size());
            session.execute("COMMIT");
        } catch (SQLException | RuntimeException e) {
            session.execute("ROLLBACK");
            throw e;
        }
    }

    private static int version(Session session) throws SQLException {
        try (ResultSet row = session.prepare("PRAGMA user_version").executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }
}

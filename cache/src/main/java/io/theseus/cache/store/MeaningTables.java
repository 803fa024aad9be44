package io.theseus.cache.store;

import io.theseus.cache.semantic.CheckedOutcome;
import io.theseus.cache.semantic.RememberedOutcome;
import io.theseus.cache.semantic.RememberedQuestion;
import io.theseus.core.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Questions with their embeddings (little-endian f32), and the outcomes of checks. A question goes with its answer. */
final class MeaningTables {
    /** Outcomes kept; the rule itself forgets older ones sooner. */
    private static final int OUTCOMES = 20_000;

    private MeaningTables() {}

    static void put(Session session, RememberedQuestion question) throws SQLException {
        PreparedStatement upsert = session.prepare("INSERT OR REPLACE INTO questions"
                + " SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM answers WHERE key = ?)");
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * question.embedding().length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(question.embedding());
        upsert.setBytes(1, question.key().bytes());
        upsert.setBytes(2, question.context().bytes());
        upsert.setString(3, question.text());
        upsert.setBytes(4, question.encoder().bytes());
        upsert.setBytes(5, bytes.array());
        upsert.setBytes(6, question.key().bytes());
        upsert.executeUpdate();
    }

    /** All questions, oldest first. */
    static List<RememberedQuestion> questions(Session session) throws SQLException {
        List<RememberedQuestion> questions = new ArrayList<>();
        try (ResultSet row = session.prepare(
                        "SELECT key, context, question, encoder, embedding FROM questions ORDER BY rowid")
                .executeQuery()) {
            while (row.next()) {
                ByteBuffer bytes = ByteBuffer.wrap(row.getBytes(5)).order(ByteOrder.LITTLE_ENDIAN);
                float[] embedding = new float[bytes.remaining() / Float.BYTES];
                bytes.asFloatBuffer().get(embedding);
                questions.add(new RememberedQuestion(
                        Digest.of(row.getBytes(1)),
                        Digest.of(row.getBytes(2)),
                        row.getString(3),
                        Digest.of(row.getBytes(4)),
                        embedding));
            }
        }
        return questions;
    }

    static void add(Session session, RememberedOutcome outcome) throws SQLException {
        PreparedStatement insert =
                session.prepare("INSERT INTO outcomes (key, cosine, correct, servable) VALUES (?, ?, ?, ?)");
        insert.setBytes(1, outcome.key().bytes());
        insert.setDouble(2, outcome.outcome().cosine());
        insert.setInt(3, outcome.outcome().right() ? 1 : 0);
        insert.setInt(4, outcome.outcome().wouldServe() ? 1 : 0);
        insert.executeUpdate();
        PreparedStatement trim =
                session.prepare("DELETE FROM outcomes WHERE id <= (SELECT max(id) FROM outcomes) - " + OUTCOMES);
        trim.executeUpdate();
    }

    /** All outcomes, oldest first. */
    static List<RememberedOutcome> outcomes(Session session) throws SQLException {
        List<RememberedOutcome> outcomes = new ArrayList<>();
        try (ResultSet row = session.prepare("SELECT key, cosine, correct, servable FROM outcomes ORDER BY id")
                .executeQuery()) {
            while (row.next()) {
                outcomes.add(new RememberedOutcome(
                        Digest.of(row.getBytes(1)),
                        new CheckedOutcome(row.getDouble(2), row.getInt(3) != 0, row.getInt(4) != 0)));
            }
        }
        return outcomes;
    }
}

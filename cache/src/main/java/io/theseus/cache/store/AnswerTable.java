package io.theseus.cache.store;

import io.theseus.cache.AnswerInfo;
import io.theseus.cache.AnswerKind;
import io.theseus.cache.CachedAnswer;
import io.theseus.cache.Retention;
import io.theseus.cache.Scope;
import io.theseus.core.Digest;
import io.theseus.proof.CacheProof;
import io.theseus.proof.SignedReceipt;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of answers. Every method runs on the thread of its session. */
final class AnswerTable {
    /** Payloads above this many bytes are files. */
    static final int LARGEST_IN_ROW = 64 << 10;

    private static final String INFO =
            "key, model_root, model, engine, kind, scope, question, answer, created, expires, bytes, prompt_tokens,"
                    + " completion_tokens, compute_nanos, hits, last_used, pinned";

    /** Rows taken away at once when room is needed. */
    private static final int EVICTION_STEP = 16;

    private final PayloadFiles files;
    private final ChangeCounter changes;

    AnswerTable(PayloadFiles files, ChangeCounter changes) {
        this.files = files;
        this.changes = changes;
    }

    /** Adds an answer, or replaces the one under the same key, whose counts and pin stay. */
    void put(Session session, CachedAnswer answer) throws SQLException {
        AnswerInfo info = answer.info();
        Optional<AnswerInfo> before = info(session, info.key());
        remove(session, info.key());
        boolean asFile = answer.payload().length > LARGEST_IN_ROW;
        Digest name = Digest.sha256(asFile ? answer.payload() : new byte[0]);
        if (asFile) {
            files.write(name, answer.payload());
        }
        PreparedStatement insert = session.prepare("INSERT INTO answers (" + INFO
                + ", heat, priority, receipt, proof, payload_file, payload)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setBytes(1, info.key().bytes());
        insert.setBytes(2, info.modelRoot().bytes());
        insert.setString(3, info.model());
        insert.setString(4, info.engine());
        insert.setString(5, info.kind().word());
        insert.setString(6, info.scope().word());
        insert.setString(7, info.question());
        insert.setString(8, info.answer());
        insert.setLong(9, info.created().toEpochMilli());
        insert.setLong(10, info.expires().toEpochMilli());
        insert.setLong(11, info.bytes());
        insert.setInt(12, info.promptTokens());
        insert.setInt(13, info.completionTokens());
        insert.setLong(14, info.computeNanos());
        insert.setLong(15, before.map(AnswerInfo::hits).orElse(info.hits()));
        insert.setLong(16, info.lastUsed().toEpochMilli());
        insert.setBoolean(17, info.pinned() || before.map(AnswerInfo::pinned).orElse(false));
        Retention worth = Retention.fresh(info.lastUsed().toEpochMilli())
                .used(before.map(AnswerInfo::hits).orElse(0L), info.lastUsed().toEpochMilli());
        insert.setDouble(18, worth.heat());
        insert.setDouble(19, worth.priority(info.computeNanos(), info.bytes()));
        insert.setBytes(20, answer.receipt().toBytes());
        insert.setBytes(21, answer.proof().toBytes());
        insert.setBytes(22, asFile ? name.bytes() : null);
        insert.setBytes(23, asFile ? null : answer.payload());
        insert.executeUpdate();
    }

    /**
     * The answer under {@code key}, unchecked.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if the row cannot be read as an answer
     */
    Optional<CachedAnswer> find(Session session, Digest key) throws SQLException {
        PreparedStatement select = session.prepare(
                "SELECT " + INFO + ", receipt, proof, payload_file, payload FROM answers WHERE key = ?");
        select.setBytes(1, key.bytes());
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            AnswerInfo info = info(row);
            SignedReceipt receipt = SignedReceipt.read(bytes(row, 18));
            CacheProof proof = CacheProof.read(bytes(row, 19));
            byte[] file = row.getBytes(20);
            // A file that is gone gives a payload that no proof fits.
            byte[] payload =
                    file == null ? bytes(row, 21) : files.read(Digest.of(file)).orElse(new byte[0]);
            return Optional.of(new CachedAnswer(info, payload, receipt, proof));
        }
    }

    private static byte[] bytes(ResultSet row, int column) throws SQLException {
        byte[] value = row.getBytes(column);
        return value == null ? new byte[0] : value;
    }

    Optional<AnswerInfo> info(Session session, Digest key) throws SQLException {
        PreparedStatement select = session.prepare("SELECT " + INFO + " FROM answers WHERE key = ?");
        select.setBytes(1, key.bytes());
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(info(row)) : Optional.empty();
        }
    }

    private static AnswerInfo info(ResultSet row) throws SQLException {
        return new AnswerInfo(
                Digest.of(bytes(row, 1)),
                Digest.of(bytes(row, 2)),
                row.getString(3),
                row.getString(4),
                AnswerKind.of(row.getString(5)),
                Scope.of(row.getString(6)),
                row.getString(7),
                row.getString(8),
                Instant.ofEpochMilli(row.getLong(9)),
                Instant.ofEpochMilli(row.getLong(10)),
                row.getLong(11),
                row.getInt(12),
                row.getInt(13),
                row.getLong(14),
                row.getLong(15),
                Instant.ofEpochMilli(row.getLong(16)),
                row.getBoolean(17));
    }

    /** Those that contain {@code query} in question, answer, model or the beginning of the key; last used first. */
    List<AnswerInfo> list(Session session, String query, int limit, int offset) throws SQLException {
        PreparedStatement select = session.prepare("SELECT " + INFO + " FROM answers WHERE ?1 = '' OR question LIKE ?2"
                + " ESCAPE '\\' OR answer LIKE ?2 ESCAPE '\\' OR model LIKE ?2 ESCAPE '\\' OR hex(key) LIKE ?3"
                + " ORDER BY last_used DESC, id DESC LIMIT ?4 OFFSET ?5");
        bindQuery(select, query);
        select.setInt(4, limit);
        select.setInt(5, offset);
        List<AnswerInfo> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(info(rows));
            }
        }
        return found;
    }

    long count(Session session, String query) throws SQLException {
        PreparedStatement select = session.prepare("SELECT count(*) FROM answers WHERE ?1 = '' OR question LIKE ?2"
                + " ESCAPE '\\' OR answer LIKE ?2 ESCAPE '\\' OR model LIKE ?2 ESCAPE '\\' OR hex(key) LIKE ?3");
        bindQuery(select, query);
        return single(select);
    }

    private static void bindQuery(PreparedStatement select, String query) throws SQLException {
        String literal = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
        select.setString(1, query);
        select.setString(2, "%" + literal + "%");
        select.setString(3, query.matches("[0-9a-fA-F]{4,64}") ? query + "%" : "-");
    }

    /** Keys that begin with these hexadecimal digits, at most {@code limit}. */
    List<Digest> keys(Session session, String hexPrefix, int limit) throws SQLException {
        PreparedStatement select = session.prepare("SELECT key FROM answers WHERE hex(key) LIKE ? LIMIT ?");
        select.setString(1, hexPrefix + "%");
        select.setInt(2, limit);
        return digests(select);
    }

    /** Every key, in no order. */
    List<Digest> keys(Session session) throws SQLException {
        return digests(session.prepare("SELECT key FROM answers ORDER BY id"));
    }

    private static List<Digest> digests(PreparedStatement select) throws SQLException {
        List<Digest> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(Digest.of(rows.getBytes(1)));
            }
        }
        return found;
    }

    /** Takes note of {@code uses} of an answer, the last of them at {@code nowMillis}. */
    void used(Session session, Digest key, long uses, long nowMillis) throws SQLException {
        PreparedStatement select =
                session.prepare("SELECT heat, last_used, compute_nanos, bytes FROM answers WHERE key = ?");
        select.setBytes(1, key.bytes());
        Retention worth;
        double priority;
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return;
            }
            worth = new Retention(row.getDouble(1), row.getLong(2)).used(uses, nowMillis);
            priority = worth.priority(row.getLong(3), row.getLong(4));
        }
        PreparedStatement update = session.prepare(
                "UPDATE answers SET hits = hits + ?, heat = ?, last_used = ?, priority = ? WHERE key = ?");
        update.setLong(1, uses);
        update.setDouble(2, worth.heat());
        update.setLong(3, worth.lastUsedMillis());
        update.setDouble(4, priority);
        update.setBytes(5, key.bytes());
        update.executeUpdate();
    }

    /** Whether there is such an answer; then it is pinned, or not, from now on. */
    boolean pin(Session session, Digest key, boolean pinned) throws SQLException {
        PreparedStatement update = session.prepare("UPDATE answers SET pinned = ? WHERE key = ?");
        update.setBoolean(1, pinned);
        update.setBytes(2, key.bytes());
        boolean found = update.executeUpdate() > 0;
        // Copies in memory carry the old pin.
        session.afterCommit(changes::changed);
        return found;
    }

    void scope(Session session, Digest key, Scope scope) throws SQLException {
        PreparedStatement update = session.prepare("UPDATE answers SET scope = ? WHERE key = ?");
        update.setString(1, scope.word());
        update.setBytes(2, key.bytes());
        update.executeUpdate();
        session.afterCommit(changes::changed);
    }

    /** Whether there was such an answer. No process serves it from now on. */
    boolean delete(Session session, Digest key) throws SQLException {
        session.afterCommit(changes::changed);
        return remove(session, key);
    }

    /** Like {@link #delete}, but whoever has a copy in memory may go on with it: it is right, just not kept. */
    private boolean remove(Session session, Digest key) throws SQLException {
        PreparedStatement select = session.prepare("SELECT payload_file FROM answers WHERE key = ?");
        select.setBytes(1, key.bytes());
        byte[] file;
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return false;
            }
            file = row.getBytes(1);
        }
        PreparedStatement delete = session.prepare("DELETE FROM answers WHERE key = ?");
        delete.setBytes(1, key.bytes());
        delete.executeUpdate();
        if (file != null && !referenced(session, Digest.of(file))) {
            Digest name = Digest.of(file);
            session.afterCommit(() -> files.delete(name));
        }
        return true;
    }

    boolean referenced(Session session, Digest file) throws SQLException {
        PreparedStatement select = session.prepare("SELECT count(*) FROM answers WHERE payload_file = ?");
        select.setBytes(1, file.bytes());
        return single(select) > 0;
    }

    /** Deletes the answers of a model, by its name or the digits of its root; returns how many. */
    int deleteModel(Session session, String model) throws SQLException {
        PreparedStatement select =
                session.prepare("SELECT key FROM answers WHERE model = ?1 OR lower(hex(model_root)) = lower(?1)");
        select.setString(1, model);
        return deleteAll(session, digests(select));
    }

    /** Deletes everything, pinned answers only if told so; returns how many. */
    int clear(Session session, boolean pinnedToo) throws SQLException {
        PreparedStatement select = session.prepare("SELECT key FROM answers WHERE pinned <= ?");
        select.setBoolean(1, pinnedToo);
        return deleteAll(session, digests(select));
    }

    /** Deletes what has expired by {@code now}; returns how many. */
    int deleteExpired(Session session, Instant now) throws SQLException {
        PreparedStatement select = session.prepare("SELECT key FROM answers WHERE pinned = 0 AND expires <= ?");
        select.setLong(1, now.toEpochMilli());
        List<Digest> expired = digests(select);
        for (Digest key : expired) {
            remove(session, key);
        }
        return expired.size();
    }

    private int deleteAll(Session session, List<Digest> keys) throws SQLException {
        for (Digest key : keys) {
            delete(session, key);
        }
        return keys.size();
    }

    /** Deletes the answers worth least until at most {@code limit} bytes are left, or only pinned ones; returns how many. */
    int evict(Session session, long limit) throws SQLException {
        int evicted = 0;
        while (totals(session).bytes() > limit) {
            PreparedStatement select =
                    session.prepare("SELECT key FROM answers WHERE pinned = 0 ORDER BY priority LIMIT ?");
            select.setInt(1, EVICTION_STEP);
            List<Digest> least = digests(select);
            if (least.isEmpty()) {
                return evicted;
            }
            for (Digest key : least) {
                if (totals(session).bytes() <= limit) {
                    break;
                }
                remove(session, key);
                evicted++;
            }
        }
        return evicted;
    }

    StoreTotals totals(Session session) throws SQLException {
        try (ResultSet row =
                session.prepare("SELECT entries, bytes FROM totals").executeQuery()) {
            return row.next() ? new StoreTotals(row.getLong(1), row.getLong(2)) : new StoreTotals(0, 0);
        }
    }

    /** How much there is of each model. */
    List<ModelTotals> models(Session session) throws SQLException {
        List<ModelTotals> models = new ArrayList<>();
        try (ResultSet row = session.prepare("SELECT model, model_root, count(*), sum(bytes), sum(hits) FROM answers"
                        + " GROUP BY model_root, model ORDER BY model, model_root")
                .executeQuery()) {
            while (row.next()) {
                models.add(new ModelTotals(
                        row.getString(1), Digest.of(row.getBytes(2)), row.getLong(3), row.getLong(4), row.getLong(5)));
            }
        }
        return models;
    }

    private static long single(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}

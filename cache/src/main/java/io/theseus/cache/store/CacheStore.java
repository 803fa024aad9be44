package io.theseus.cache.store;

import io.theseus.cache.AnswerInfo;
import io.theseus.cache.CachedAnswer;
import io.theseus.cache.Scope;
import io.theseus.cache.semantic.RememberedOutcome;
import io.theseus.cache.semantic.RememberedQuestion;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The database of a home's cache. Several processes may have it open; what a method reports done is committed, and a process that is
 * killed takes nothing of it along. Safe for use by many threads; each call waits for a thread that owns a connection.
 */
public final class CacheStore implements AutoCloseable {
    private final Lane writer;
    private final Lane reader;
    private final AnswerTable answers;
    private final ChangeCounter changes;

    private CacheStore(Lane writer, Lane reader, AnswerTable answers, ChangeCounter changes) {
        this.writer = writer;
        this.reader = reader;
        this.answers = answers;
        this.changes = changes;
    }

    /**
     * Opens the cache in {@code folder}, which is made if it is not there. A damaged database is set aside and a new one begun.
     *
     * @throws TheseusException {@code IO_FAILED} if the folder cannot be used, {@code BUSY} if another process keeps it locked,
     *     {@code UNAVAILABLE} if a newer program wrote it
     */
    public static CacheStore open(Path folder, InstantSource clock) throws InterruptedException {
        DatabaseFile file = DatabaseFile.in(folder, clock);
        ChangeCounter changes = ChangeCounter.open(folder.resolve("changes"));
        PayloadFiles payloads = new PayloadFiles(folder.resolve("payloads"));
        AnswerTable answers = new AnswerTable(payloads, changes);
        Lane writer = new Lane("cache-write", true, file.source(true));
        Lane reader = new Lane("cache-read", false, file.source(false));
        CacheStore store = new CacheStore(writer, reader, answers, changes);
        try {
            store.write(session -> {
                payloads.sweep(digest -> store.known(session, digest), clock.instant());
                return "";
            });
            return store;
        } catch (RuntimeException | InterruptedException e) {
            store.close();
            throw e;
        }
    }

    private boolean known(Session session, Digest payload) {
        try {
            return answers.referenced(session, payload);
        } catch (SQLException e) {
            throw SqlFaults.fault(e);
        }
    }

    /** Changes whenever an answer was taken away or altered, by whichever process. */
    public long changes() {
        return changes.value();
    }

    /**
     * Adds or replaces an answer, then evicts until at most {@code limit} bytes are left.
     *
     * @return completed with the number of evicted answers once all that is committed; fails with {@code BUSY} if the disk cannot keep up
     */
    public CompletableFuture<Integer> put(CachedAnswer answer, long limit) {
        return writer.offer(session -> {
            answers.put(session, answer);
            return answers.evict(session, limit);
        });
    }

    /**
     * The answer under {@code key} as it was written; its proof is not checked here.
     *
     * @throws TheseusException {@code BAD_INPUT} if the row is damaged
     */
    public Optional<CachedAnswer> find(Digest key) throws InterruptedException {
        return read(session -> answers.find(session, key));
    }

    public Optional<AnswerInfo> info(Digest key) throws InterruptedException {
        return read(session -> answers.info(session, key));
    }

    /** Answers with {@code query} in question, answer, model or at the beginning of the key; last used first. */
    public List<AnswerInfo> list(String query, int limit, int offset) throws InterruptedException {
        return read(session -> answers.list(session, query, limit, offset));
    }

    /** How many {@link #list} would find in all. */
    public long count(String query) throws InterruptedException {
        return read(session -> answers.count(session, query));
    }

    /** Keys that begin with these hexadecimal digits, at most {@code limit}. */
    public List<Digest> keys(String hexPrefix, int limit) throws InterruptedException {
        return read(session -> answers.keys(session, hexPrefix, limit));
    }

    /** All keys, oldest first. */
    public List<Digest> keys() throws InterruptedException {
        return read(answers::keys);
    }

    public StoreTotals totals() throws InterruptedException {
        return read(answers::totals);
    }

    public List<ModelTotals> models() throws InterruptedException {
        return read(answers::models);
    }

    public boolean pin(Digest key, boolean pinned) throws InterruptedException {
        return write(session -> answers.pin(session, key, pinned));
    }

    /** Lets an answer be given to others as well, or no more. */
    public void scope(Digest key, Scope scope) throws InterruptedException {
        write(session -> {
            answers.scope(session, key, scope);
            return "";
        });
    }

    public boolean delete(Digest key) throws InterruptedException {
        return write(session -> answers.delete(session, key));
    }

    /** Deletes the answers of a model, by its name or root; returns how many. */
    public int deleteModel(String model) throws InterruptedException {
        return write(session -> answers.deleteModel(session, model));
    }

    /** Deletes everything, pinned answers only if told so; returns how many. */
    public int clear(boolean pinnedToo) throws InterruptedException {
        return write(session -> answers.clear(session, pinnedToo));
    }

    /** Deletes what has expired; returns how many. */
    public int deleteExpired(Instant now) throws InterruptedException {
        return write(session -> answers.deleteExpired(session, now));
    }

    /** Deletes what is worth least until at most {@code limit} bytes are left; returns how many. */
    public int evict(long limit) throws InterruptedException {
        return write(session -> answers.evict(session, limit));
    }

    /**
     * Adds to the counts that outlive the process, and takes note of uses.
     *
     * @param uses how often each answer was served
     * @param lifetime what to add to each count
     */
    public void record(Map<Digest, Long> uses, Map<String, Long> lifetime, Instant now) throws InterruptedException {
        write(session -> {
            for (var use : uses.entrySet()) {
                answers.used(session, use.getKey(), use.getValue(), now.toEpochMilli());
            }
            for (var count : lifetime.entrySet()) {
                PreparedStatement upsert = session.prepare("INSERT INTO lifetime VALUES (?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value");
                upsert.setString(1, count.getKey());
                upsert.setLong(2, count.getValue());
                upsert.executeUpdate();
            }
            return "";
        });
    }

    /** The counts of all processes that ever used this cache, by name. */
    public Map<String, Long> lifetime() throws InterruptedException {
        return read(session -> {
            Map<String, Long> counts = new TreeMap<>();
            try (ResultSet rows =
                    session.prepare("SELECT name, value FROM lifetime").executeQuery()) {
                while (rows.next()) {
                    counts.put(rows.getString(1), rows.getLong(2));
                }
            }
            return counts;
        });
    }

    /** Something small that is remembered under a name, such as the root of a model file. */
    public Optional<byte[]> fact(String name) throws InterruptedException {
        return read(session -> {
            PreparedStatement select = session.prepare("SELECT value FROM facts WHERE name = ?");
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getBytes(1)) : Optional.empty();
            }
        });
    }

    /** Remembers {@code value} under {@code name}, in place of what was there. */
    public void fact(String name, byte[] value) throws InterruptedException {
        write(session -> {
            PreparedStatement upsert = session.prepare(
                    "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
            upsert.setString(1, name);
            upsert.setBytes(2, value);
            return upsert.executeUpdate();
        });
    }

    /** Remembers what was asked, for as long as the answer under its key is there. */
    public CompletableFuture<String> question(RememberedQuestion question) {
        return writer.offer(session -> {
            MeaningTables.put(session, question);
            return "";
        });
    }

    /** All questions, oldest first. */
    public List<RememberedQuestion> questions() throws InterruptedException {
        return read(MeaningTables::questions);
    }

    /** Remembers how a check came out. */
    public CompletableFuture<String> outcome(RememberedOutcome outcome) {
        return writer.offer(session -> {
            MeaningTables.add(session, outcome);
            return "";
        });
    }

    /** All outcomes that are kept, oldest first. */
    public List<RememberedOutcome> outcomes() throws InterruptedException {
        return read(MeaningTables::outcomes);
    }

    private <T> T read(Lane.Work<T> work) throws InterruptedException {
        return result(reader.submit(work));
    }

    private <T> T write(Lane.Work<T> work) throws InterruptedException {
        return result(writer.submit(work));
    }

    private static <T> T result(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            @Nullable Throwable cause = e.getCause();
            if (cause instanceof TheseusException fault) {
                throw fault;
            }
            throw new TheseusException(ErrorCode.INTERNAL, "the cache failed: " + cause, e);
        }
    }

    /** Writes what is queued, then closes the database. */
    @Override
    public void close() {
        writer.close();
        reader.close();
    }
}

package io.theseus.cache.answers;

import io.theseus.cache.CachedAnswer;
import io.theseus.core.Digest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Answers in memory whose proofs were checked, the least recently used leaving first. Safe for use by many threads. */
final class HotAnswers {
    private final long limit;
    private final LinkedHashMap<Digest, CachedAnswer> entries = new LinkedHashMap<>(64, 0.75f, true); // guarded by this
    private long bytes; // guarded by this

    /** The state of the store that the entries are copies of; guarded by this. */
    private long changes;

    /** @param limit most bytes */
    HotAnswers(long limit) {
        this.limit = limit;
    }

    /** @param now the store's change count; copies from before a change are forgotten */
    synchronized Optional<CachedAnswer> find(Digest key, long now) {
        forgetIfChanged(now);
        return Optional.ofNullable(entries.get(key));
    }

    /**
     * Keeps {@code answer}.
     *
     * @param readAt the change count from before the answer was read or written
     * @param now the count now; if it differs, the answer may be gone already and is not kept
     */
    synchronized void put(CachedAnswer answer, long readAt, long now) {
        forgetIfChanged(now);
        if (readAt != now || answer.info().bytes() > limit) {
            return;
        }
        CachedAnswer before = entries.put(answer.info().key(), answer);
        bytes += answer.info().bytes() - (before == null ? 0 : before.info().bytes());
        Iterator<Map.Entry<Digest, CachedAnswer>> oldest = entries.entrySet().iterator();
        while (bytes > limit) {
            bytes -= oldest.next().getValue().info().bytes();
            oldest.remove();
        }
    }

    synchronized void remove(Digest key) {
        CachedAnswer before = entries.remove(key);
        bytes -= before == null ? 0 : before.info().bytes();
    }

    private void forgetIfChanged(long now) {
        if (now != changes) {
            entries.clear();
            bytes = 0;
            changes = now;
        }
    }

    synchronized int size() {
        return entries.size();
    }

    synchronized long bytes() {
        return bytes;
    }
}

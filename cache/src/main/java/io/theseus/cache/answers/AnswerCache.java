package io.theseus.cache.answers;

import io.theseus.cache.AnswerInfo;
import io.theseus.cache.AnswerKind;
import io.theseus.cache.CachedAnswer;
import io.theseus.cache.Scope;
import io.theseus.cache.answers.AnswerCounts.Count;
import io.theseus.cache.semantic.RememberedOutcome;
import io.theseus.cache.semantic.RememberedQuestion;
import io.theseus.cache.store.CacheStore;
import io.theseus.cache.store.ModelTotals;
import io.theseus.cache.store.StoreTotals;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.proof.CacheProof;
import io.theseus.proof.CacheProof.Verdict;
import io.theseus.proof.NodeKey;
import io.theseus.proof.PublicKeyId;
import io.theseus.proof.Receipt;
import io.theseus.proof.Receipt.Verification;
import io.theseus.proof.SignedReceipt;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Remembered answers, whatever engine computed them. An answer is signed when it is stored; its proof is checked each time it is read
 * from disk, and what passed is kept in memory, so that a hit there costs a look into a map. Safe for use by many threads.
 */
public final class AnswerCache implements AutoCloseable {
    /** Name of the cache's folder in a node's home. */
    public static final String FOLDER = "cache";

    private static final System.Logger LOG = System.getLogger(AnswerCache.class.getName());

    /** Row, index entries and keys, beside what an answer's own bytes take. */
    private static final int ROW_BYTES = 400;

    private static final long FLUSH_MILLIS = 1000;
    private static final int SWEEP_EVERY = 60;

    private final CacheStore store;
    private final CacheBounds bounds;
    private final NodeKey key;
    private final InstantSource clock;
    private final HotAnswers hot;
    private final AnswerCounts counts = new AnswerCounts();
    private final Map<Digest, Long> uses = new ConcurrentHashMap<>();
    private final ScheduledExecutorService upkeep;
    private int flushes; // used by upkeep's thread only

    private AnswerCache(CacheStore store, CacheBounds bounds, NodeKey key, InstantSource clock) {
        this.store = store;
        this.bounds = bounds;
        this.key = key;
        this.clock = clock;
        hot = new HotAnswers(bounds.memory().bytes());
        upkeep = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("cache-upkeep").factory());
    }

    /**
     * Opens the cache of a home; other processes may have it open too.
     *
     * @param key signs what is stored
     * @throws TheseusException as {@link CacheStore#open}
     */
    public static AnswerCache open(Path home, CacheBounds bounds, NodeKey key, InstantSource clock)
            throws InterruptedException {
        CacheStore store = CacheStore.open(home.resolve(FOLDER), clock);
        AnswerCache cache = new AnswerCache(store, bounds, key, clock);
        cache.begin();
        return cache;
    }

    private void begin() {
        // Its future is done only when it is cancelled.
        var _ = upkeep.scheduleWithFixedDelay(this::maintain, FLUSH_MILLIS, FLUSH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void maintain() {
        try {
            flush();
            if (flushes++ % SWEEP_EVERY == 0) {
                counts.add(Count.EXPIRED, store.deleteExpired(clock.instant()));
                counts.add(Count.EVICTIONS, store.evict(bounds.size().bytes()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TheseusException e) {
            LOG.log(System.Logger.Level.WARNING, "upkeep of the cache failed cause=" + e.getMessage());
        }
    }

    /** Writes down what hits there were since the last time. */
    void flush() throws InterruptedException {
        Map<Digest, Long> taken = new HashMap<>();
        for (Digest used : List.copyOf(uses.keySet())) {
            Long times = uses.remove(used);
            if (times != null) {
                taken.put(used, times);
            }
        }
        Map<String, Long> lifetime = counts.takeUnsaved();
        if (!taken.isEmpty() || !lifetime.isEmpty()) {
            store.record(taken, lifetime, clock.instant());
        }
    }

    /** The answer under {@code request} if it is in memory, without waiting for anything. Counts nothing. */
    public Optional<CachedAnswer> recent(Digest request) {
        return hot.find(request, store.changes())
                .filter(answer -> !answer.info().expired(clock.instant()));
    }

    /**
     * The answer under {@code request}: not expired, and its proof checked. What is damaged is deleted. Counts nothing; see {@link #hit}
     * and {@link #miss}.
     */
    public Optional<CachedAnswer> find(Digest request) throws InterruptedException {
        Optional<CachedAnswer> recent = recent(request);
        return recent.isPresent() ? recent : read(request);
    }

    private Optional<CachedAnswer> read(Digest request) throws InterruptedException {
        long changes = store.changes();
        Instant now = clock.instant();
        try {
            Optional<CachedAnswer> found = store.find(request);
            if (found.isEmpty()) {
                return found;
            }
            CachedAnswer answer = found.get();
            if (answer.info().expired(now)) {
                counts.add(Count.EXPIRED, 1);
                store.delete(request);
                return Optional.empty();
            }
            if (!servable(answer, now)) {
                refuse(request, "its proof does not fit");
                return Optional.empty();
            }
            hot.put(answer, changes, store.changes());
            return found;
        } catch (TheseusException e) {
            if (e.code() == ErrorCode.BAD_INPUT) {
                refuse(request, String.valueOf(e.getMessage()));
            } else {
                // A cache that fails makes answers slower, not wrong.
                LOG.log(System.Logger.Level.WARNING, "reading the cache failed cause=" + e.getMessage());
            }
            return Optional.empty();
        }
    }

    /** An expired proof of our own still says that these are the bytes we computed; one of another node has run out. */
    private boolean servable(CachedAnswer answer, Instant now) {
        return switch (answer.check(now)) {
            case VALID -> true;
            case EXPIRED -> answer.receipt().receipt().node().equals(key.id());
            case REFUSED -> false;
        };
    }

    private void refuse(Digest request, String why) throws InterruptedException {
        counts.add(Count.REFUSED_PROOFS, 1);
        LOG.log(System.Logger.Level.WARNING, "a damaged answer was dropped key=" + request + " cause=" + why);
        store.delete(request);
    }

    /** Takes note that {@code answer} was served. */
    public void hit(CachedAnswer answer) {
        uses.merge(answer.info().key(), 1L, Long::sum);
        counts.add(Count.HITS, 1);
        counts.add(Count.SAVED_NANOS, answer.info().computeNanos());
        counts.add(
                Count.SAVED_TOKENS,
                (long) answer.info().promptTokens() + answer.info().completionTokens());
    }

    /** Takes note that a request that might have been served had to be computed. */
    public void miss() {
        counts.add(Count.MISSES, 1);
    }

    /**
     * Signs and stores an answer. From now on this process serves it; once the result is true, it survives the process.
     *
     * @return completed with whether it is stored; never fails
     */
    public CompletableFuture<Boolean> put(NewAnswer answer) {
        CachedAnswer signed = sign(answer);
        if (signed.info().bytes() > bounds.size().bytes()) {
            counts.add(Count.FAILED_STORES, 1);
            return CompletableFuture.completedFuture(false);
        }
        long changes = store.changes();
        hot.put(signed, changes, changes);
        return store.put(signed, bounds.size().bytes()).handle((evicted, fault) -> {
            if (fault != null) {
                counts.add(Count.FAILED_STORES, 1);
                LOG.log(System.Logger.Level.WARNING, "an answer was not stored cause=" + fault.getMessage());
                return false;
            }
            counts.add(Count.STORES, 1);
            counts.add(Count.EVICTIONS, evicted);
            return true;
        });
    }

    private CachedAnswer sign(NewAnswer answer) {
        SignedReceipt receipt = SignedReceipt.of(
                new Receipt(
                        answer.kind() == AnswerKind.EVENTS ? Verification.EXACT_ENGINE : Verification.UNVERIFIED_ENGINE,
                        answer.modelRoot(),
                        answer.engine(),
                        answer.key(),
                        answer.promptTokens(),
                        answer.completionTokens(),
                        Digest.sha256(answer.payload()),
                        Optional.empty(),
                        Optional.empty(),
                        answer.began(),
                        answer.ended(),
                        key.id()),
                key);
        CacheProof proof = CacheProof.of(receipt, key);
        Instant created = receipt.receipt().ended();
        String question = bounds.preview() ? Preview.of(answer.question()) : "";
        String text = bounds.preview() ? Preview.of(answer.answer()) : "";
        long bytes = ROW_BYTES
                + answer.payload().length
                + receipt.toBytes().length
                + proof.toBytes().length
                + 2L * (question.length() + text.length());
        AnswerInfo info = new AnswerInfo(
                answer.key(),
                answer.modelRoot(),
                answer.model(),
                answer.engine(),
                answer.kind(),
                answer.scope(),
                question,
                text,
                created,
                created.plus(bounds.timeToLive()),
                bytes,
                answer.promptTokens(),
                answer.completionTokens(),
                answer.computeNanos(),
                0,
                created,
                false);
        return new CachedAnswer(info, answer.payload(), receipt, proof);
    }

    /** Answers with {@code query} in question, answer, model or at the beginning of the key; last used first. */
    public List<AnswerInfo> list(String query, int limit, int offset) throws InterruptedException {
        return store.list(query, limit, offset);
    }

    /** How many {@link #list} would find in all. */
    public long count(String query) throws InterruptedException {
        return store.count(query);
    }

    /** An answer whatever its state, for people to look at; counts nothing. */
    public Optional<CachedAnswer> inspect(Digest request) throws InterruptedException {
        return store.find(request);
    }

    /** What a check of {@code answer}'s proof says now. */
    public Verdict check(CachedAnswer answer) {
        return answer.check(clock.instant());
    }

    /**
     * The one key that begins with these digits.
     *
     * @throws TheseusException {@code BAD_INPUT} if none or several do
     */
    public Digest resolve(String hexPrefix) throws InterruptedException {
        if (!hexPrefix.matches("[0-9a-fA-F]{4,64}")) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "\"" + hexPrefix + "\" is not a key: expected 4 to 64 hexadecimal digits");
        }
        List<Digest> keys = store.keys(hexPrefix, 2);
        if (keys.size() != 1) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    keys.isEmpty()
                            ? "no remembered answer has a key that begins with " + hexPrefix
                            : "several keys begin with " + hexPrefix + "; give more digits");
        }
        return keys.getFirst();
    }

    /** Whether there is such an answer; then it neither expires nor is evicted, or does again. */
    public boolean pin(Digest request, boolean pinned) throws InterruptedException {
        return store.pin(request, pinned);
    }

    /** Lets an answer be given to others as well, or no more. */
    public void scope(Digest request, Scope scope) throws InterruptedException {
        store.scope(request, scope);
    }

    /** Whether there was such an answer. */
    public boolean delete(Digest request) throws InterruptedException {
        hot.remove(request);
        return store.delete(request);
    }

    /** Deletes the answers of a model, by its name or root; returns how many. */
    public int deleteModel(String model) throws InterruptedException {
        return store.deleteModel(model);
    }

    /** Deletes everything, pinned answers only if told so; returns how many. */
    public int clear(boolean pinnedToo) throws InterruptedException {
        return store.clear(pinnedToo);
    }

    /** Every key, oldest first. */
    public List<Digest> keys() throws InterruptedException {
        return store.keys();
    }

    /**
     * Takes an answer of an export.
     *
     * @param trusted whether an answer that another node vouches for is taken, for as long as its proof counts
     * @throws TheseusException {@code BAD_INPUT} if its proof does not hold, or is of a node that is not trusted
     */
    public void add(CachedAnswer answer, boolean trusted) throws InterruptedException {
        Verdict verdict = answer.check(clock.instant());
        PublicKeyId node = answer.receipt().receipt().node();
        boolean own = node.equals(key.id());
        if (verdict == Verdict.REFUSED || (verdict == Verdict.EXPIRED && !own)) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "answer " + answer.info().key().brief() + " is not taken: its proof "
                            + (verdict == Verdict.EXPIRED ? "has expired" : "does not fit its bytes"));
        }
        if (!own && !trusted) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "answer " + answer.info().key().brief() + " was computed by node " + node
                            + ", not by this one; --trust takes it on that node's word");
        }
        try {
            store.put(answer, bounds.size().bytes()).get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof TheseusException fault
                    ? fault
                    : new TheseusException(ErrorCode.INTERNAL, "storing failed: " + e.getCause(), e);
        }
    }

    /** What each model's answers take. */
    public List<ModelTotals> models() throws InterruptedException {
        return store.models();
    }

    /** Counts over all processes and times, by name; those of the last second may be missing. */
    public Map<String, Long> lifetime() throws InterruptedException {
        return store.lifetime();
    }

    /** Sizes now, and counts of this process. */
    public AnswerStats stats() throws InterruptedException {
        StoreTotals totals = store.totals();
        return new AnswerStats(
                totals.entries(),
                totals.bytes(),
                bounds.size().bytes(),
                hot.size(),
                hot.bytes(),
                counts.get(Count.HITS),
                counts.get(Count.MISSES),
                counts.get(Count.STORES),
                counts.get(Count.EVICTIONS),
                counts.get(Count.EXPIRED),
                counts.get(Count.REFUSED_PROOFS),
                counts.get(Count.FAILED_STORES),
                counts.get(Count.SAVED_NANOS),
                counts.get(Count.SAVED_TOKENS));
    }

    /**
     * Remembers what was asked, for as long as its answer is there; not at all where texts for people are not kept.
     *
     * @return completed with whether it is stored; never fails
     */
    public CompletableFuture<Boolean> question(RememberedQuestion question) {
        return bounds.preview() ? quietly(store.question(question)) : CompletableFuture.completedFuture(false);
    }

    /** All questions that are remembered, oldest first. */
    public List<RememberedQuestion> questions() throws InterruptedException {
        return store.questions();
    }

    /** Remembers how a check came out; completed with whether it is stored, never fails. */
    public CompletableFuture<Boolean> outcome(RememberedOutcome outcome) {
        return quietly(store.outcome(outcome));
    }

    /** All outcomes of checks that are kept, oldest first. */
    public List<RememberedOutcome> outcomes() throws InterruptedException {
        return store.outcomes();
    }

    private static CompletableFuture<Boolean> quietly(CompletableFuture<String> stored) {
        return stored.handle((done, fault) -> {
            if (fault != null) {
                LOG.log(System.Logger.Level.WARNING, "a question was not stored cause=" + fault.getMessage());
            }
            return fault == null;
        });
    }

    /** Something small remembered under a name, such as the root of a model file. */
    public Optional<byte[]> fact(String name) throws InterruptedException {
        return store.fact(name);
    }

    public void fact(String name, byte[] value) throws InterruptedException {
        store.fact(name, value);
    }

    /** Who signs what this cache stores. */
    public PublicKeyId node() {
        return key.id();
    }

    public InstantSource clock() {
        return clock;
    }

    /** Writes what is still in memory only, then closes the store. */
    @Override
    public void close() {
        upkeep.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            flush();
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (TheseusException e) {
            LOG.log(System.Logger.Level.WARNING, "the last counts of the cache are lost cause=" + e.getMessage());
        }
        store.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

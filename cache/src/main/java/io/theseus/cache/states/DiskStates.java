package io.theseus.cache.states;

import io.theseus.cache.policy.LearnedPolicy;
import io.theseus.core.Digest;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * States of prompts in a folder of bounded size, of several models. Deciding and asking never waits for the disk; a thread reads
 * and another one writes. Safe for use by many threads.
 */
public final class DiskStates implements AutoCloseable {
    /*
     * The folder is the truth and the index a copy of it, made anew by a scan at the start: nothing has to be repaired after kill -9,
     * and a file is believed only if its checksum, key and tokens are right when it is read. Files are not synced: after a power cut
     * some fail their checksum and are computed again.
     *
     * One file a block: what is forgotten alone is stored alone, and at 760 kB (the default model) opening a file costs a hundredth of
     * reading it. docs/decisions/091 has the measurement.
     */
    private static final System.Logger LOG = System.getLogger(DiskStates.class.getName());

    /** Bytes that may wait to be written before more are dropped. */
    private static final long MOST_WRITING = 256L << 20;

    /** Bytes that may be loaded and not used yet; more prompts are computed. */
    private static final long MOST_LOADING = 256L << 20;

    private static final int REMEMBERED = 1 << 17;
    private static final int BLOCK_BYTES_GUESS = 4096;

    private final StateFolder folder;
    private final SavedRates saved;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final LoadRates rates = new LoadRates();
    private final StateCounts counts = new StateCounts();
    private final ExecutorService reader = lane("states-reader");
    private final ExecutorService writer = lane("states-writer");

    private final LearnedPolicy<Digest> policy; // guarded by this
    private final Map<Digest, Long> files = new HashMap<>(); // guarded by this
    private final Set<Digest> writing = new HashSet<>(); // guarded by this
    private long writingBytes; // guarded by this
    private long loadingBytes; // guarded by this
    private long toReadBytes; // guarded by this

    private DiskStates(Path path, long capacity, InstantSource clock, LongSupplier nanoTime) {
        folder = new StateFolder(path);
        saved = new SavedRates(path.resolve("rates"));
        this.clock = clock;
        this.nanoTime = nanoTime;
        policy = new LearnedPolicy<>(
                capacity, (int) Math.max(REMEMBERED, Math.min(1 << 20, capacity / BLOCK_BYTES_GUESS)));
    }

    private static ExecutorService lane(String name) {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /**
     * Opens the states in {@code folder}, which is made if need be; what is there becomes known in the background.
     *
     * @param capacity most bytes of files
     * @param nanoTime for measuring, like {@link System#nanoTime}
     * @throws TheseusException {@code IO_FAILED} if the folder cannot be made
     */
    public static DiskStates open(Path folder, long capacity, InstantSource clock, LongSupplier nanoTime) {
        DiskStates states = new DiskStates(folder, capacity, clock, nanoTime);
        states.writer.execute(states::scan);
        return states;
    }

    /** The states of one model, whose blocks take {@code stateBytes} each. */
    public ModelStates model(StateKeys keys, int stateBytes) {
        return new ModelStates(this, keys, stateBytes);
    }

    public StateStats stats() {
        synchronized (this) {
            return counts.stats(
                    files.size(),
                    files.values().stream().mapToLong(Long::longValue).sum(),
                    writing.size(),
                    rates,
                    policy.followsRecency());
        }
    }

    /** Waits until all that was handed over so far is on disk, or given up. */
    public void flush() throws InterruptedException {
        try {
            writer.submit(() -> {}).get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("an empty task failed", e);
        }
    }

    /** Writes what waits, for at most some seconds, and stops. */
    @Override
    public void close() {
        reader.shutdownNow();
        writer.shutdown();
        try {
            if (!writer.awaitTermination(5, TimeUnit.SECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    LoadRates rates() {
        return rates;
    }

    SavedRates saved() {
        return saved;
    }

    /** Keeps a measured rate for the next start. */
    void saveRate(Digest model, double nanosPerToken) {
        later(() -> saved.save(model, nanosPerToken));
    }

    StateCounts counts() {
        return counts;
    }

    long nanos() {
        return nanoTime.getAsLong();
    }

    private double seconds() {
        return clock.instant().toEpochMilli() / 1e3;
    }

    private void scan() {
        List<StateFolder.Found> found = folder.scan();
        found.sort(Comparator.comparing(StateFolder.Found::used)
                .thenComparing(file -> file.head().index(), Comparator.reverseOrder()));
        Map<Digest, StateFolder.Found> byKey = new HashMap<>();
        found.forEach(file -> byKey.put(file.head().key(), file));
        synchronized (this) {
            for (StateFolder.Found file : found) {
                Optional<List<Digest>> chain = chain(file, byKey);
                if (chain.isEmpty()) {
                    folder.delete(file.head().key()); // of no use: something before it is missing
                } else {
                    policy.restore(chain.get(), file.bytes(), file.used().toEpochMilli() / 1e3);
                    chain.get()
                            .forEach(key -> files.putIfAbsent(
                                    key,
                                    byKey.get(key) == null ? 0 : byKey.get(key).bytes()));
                }
            }
        }
        LOG.log(System.Logger.Level.DEBUG, "states found blocks=" + files.size());
    }

    /** The keys from the beginning of the prompt to {@code file}; empty if one is missing. */
    private static Optional<List<Digest>> chain(StateFolder.Found file, Map<Digest, StateFolder.Found> byKey) {
        List<Digest> chain = new ArrayList<>();
        StateFolder.Found at = file;
        while (at.head().index() > 0) {
            chain.add(at.head().key());
            StateFolder.Found before = byKey.get(at.head().parent());
            if (before == null || before.head().index() != at.head().index() - 1) {
                return Optional.empty();
            }
            at = before;
        }
        chain.add(at.head().key());
        return Optional.of(chain.reversed());
    }

    /** End of the blocks of {@code chain} that can be read now. */
    synchronized int held(List<Digest> chain) {
        int held = 0;
        while (held < chain.size() && files.containsKey(chain.get(held))) {
            held++;
        }
        return held;
    }

    /** Bytes that will be read before anything asked for now. */
    synchronized long ahead() {
        return toReadBytes;
    }

    /** Notes a prompt; returns which of its blocks are to be written now. */
    synchronized List<Integer> request(List<Digest> chain, long fileBytes) {
        LearnedPolicy.Outcome<Digest> outcome = policy.request(chain, false, fileBytes, seconds());
        for (Digest key : outcome.forgotten()) {
            counts.forgotten.increment();
            discard(key);
        }
        List<Integer> wanted = new ArrayList<>();
        for (int i = 0; i < outcome.stored(); i++) {
            if (!files.containsKey(chain.get(i)) && !writing.contains(chain.get(i))) {
                wanted.add(i);
            }
        }
        return wanted;
    }

    private void discard(Digest key) {
        if (files.remove(key) != null || writing.contains(key)) {
            later(() -> deleteUnlessWanted(key));
        }
    }

    private void deleteUnlessWanted(Digest key) {
        synchronized (this) {
            if (files.containsKey(key)) {
                return; // written again meanwhile
            }
        }
        folder.delete(key);
    }

    private void later(Runnable work) {
        if (!writer.isShutdown()) {
            writer.execute(work);
        }
    }

    /** Writes a block in the background, or drops it if too many wait. */
    void write(StateFile.Head head, int[] tokens, byte[] state) {
        int bytes = StateFile.size(tokens.length, state.length);
        synchronized (this) {
            if (writingBytes + bytes > MOST_WRITING || writer.isShutdown()) {
                counts.dropped.increment();
                lost(head.key());
                return;
            }
            writingBytes += bytes;
            writing.add(head.key());
        }
        later(() -> writeNow(head, tokens, state, bytes));
    }

    private void writeNow(StateFile.Head head, int[] tokens, byte[] state, int bytes) {
        boolean written = false;
        try {
            folder.write(head.key(), StateFile.encode(head, tokens, state));
            written = true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot write a state cause=" + e);
        }
        synchronized (this) {
            writing.remove(head.key());
            writingBytes -= bytes;
            if (!written) {
                counts.dropped.increment();
                lost(head.key());
            } else if (policy.held(List.of(head.key())) == 0) {
                folder.delete(head.key()); // forgotten meanwhile
            } else {
                counts.written.increment();
                files.put(head.key(), (long) bytes);
            }
        }
    }

    /** A block that the policy counts on is not there: nor are those after it. */
    private synchronized void lost(Digest key) {
        policy.forget(key).forEach(this::discard);
    }

    /** A block was not what had been written. */
    void corrupt(Digest key) {
        counts.corrupt.increment();
        LOG.log(System.Logger.Level.WARNING, "a stored state was damaged, computing it again key=" + key.brief());
        synchronized (this) {
            files.putIfAbsent(key, 0L);
            lost(key);
            discard(key);
        }
    }

    /** A block is not there any more: somebody else deleted it. */
    void missing(Digest key) {
        lost(key);
    }

    /** Reserves memory for {@code bytes} that will be read; false if too much is on its way. */
    synchronized boolean beginLoad(long bytes) {
        if (loadingBytes > 0 && loadingBytes + bytes > MOST_LOADING || reader.isShutdown()) {
            return false;
        }
        loadingBytes += bytes;
        toReadBytes += bytes;
        return true;
    }

    void read(Runnable work) {
        reader.execute(work);
    }

    synchronized void endRead(long bytes) {
        toReadBytes -= bytes;
    }

    synchronized void endLoad(long bytes) {
        loadingBytes -= bytes;
    }

    Optional<byte[]> file(Digest key) throws IOException {
        return folder.read(key);
    }

    void used(Digest key) {
        later(() -> folder.touch(key, clock.instant()));
    }

    /** Keeps the blocks of {@code chain} that are here until told otherwise. */
    synchronized void pin(List<Digest> chain, boolean pinned) {
        policy.pin(chain, pinned);
    }
}

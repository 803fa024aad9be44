package io.theseus.cache.states;

import io.theseus.cache.policy.LearnedPolicy;
import io.theseus.core.Digest;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
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
     * One file a block: what is forgotten alone is stored alone, and at 760 kB (the default model) opening a file costs a
     * twentieth of reading and checking it. docs/decisions/091 has the measurement.
     */
    private static final System.Logger LOG = System.getLogger(DiskStates.class.getName());

    /** Bytes that may wait to be written before more are dropped. */
    private static final long MOST_WRITING = 256L << 20;

    /** Bytes that may be loaded and not used yet; more prompts are computed. */
    private static final long MOST_LOADING = 256L << 20;

    /** So often at most a block is read only to measure. */
    private static final Duration PROBE_AFTER = Duration.ofSeconds(10);

    private static final int REMEMBERED = 1 << 17;
    private static final int BLOCK_BYTES_GUESS = 4096;

    private final long mostWriting;
    private final StateFolder folder;
    private final SavedRates saved;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final LoadRates rates = new LoadRates();
    private final StateCounts counts = new StateCounts();
    private final ExecutorService reader = lane("states-reader");
    private final ExecutorService writer = lane("states-writer");

    private final long capacity;
    private final Pins pins; // guarded by this
    private final LearnedPolicy<Digest> policy; // guarded by this
    private final Map<Digest, Held> files = new HashMap<>(); // guarded by this
    private final Set<Digest> writing = new HashSet<>(); // guarded by this
    private boolean probed; // guarded by this
    private long probedAt; // guarded by this
    private long writingBytes; // guarded by this
    private long loadingBytes; // guarded by this
    private long toReadBytes; // guarded by this

    /** A block on disk. */
    private record Held(Digest root, long bytes) {}

    private DiskStates(Path path, long capacity, long mostWriting, InstantSource clock, LongSupplier nanoTime) {
        this.mostWriting = mostWriting;
        folder = new StateFolder(path);
        saved = new SavedRates(path.resolve("rates"));
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.capacity = capacity;
        pins = new Pins(new PinFile(path.resolve("pins")), capacity);
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
     * @throws TheseusException {@code IO_FAILED} if the folder cannot be made, {@code BUSY} if another process has it
     */
    public static DiskStates open(Path folder, long capacity, InstantSource clock, LongSupplier nanoTime) {
        return open(folder, capacity, MOST_WRITING, clock, nanoTime);
    }

    /** As {@link #open(Path, long, InstantSource, LongSupplier)}, with at most {@code mostWriting} bytes that wait to be written. */
    static DiskStates open(Path folder, long capacity, long mostWriting, InstantSource clock, LongSupplier nanoTime) {
        DiskStates states = new DiskStates(folder, capacity, mostWriting, clock, nanoTime);
        states.folder.claim();
        synchronized (states) {
            states.pins.all().forEach(pin -> states.policy.pin(pin.chain(), true));
        }
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
                    files.values().stream().mapToLong(Held::bytes).sum(),
                    writing.size(),
                    pins.all().size(),
                    capacity,
                    rates,
                    policy.followsRecency());
        }
    }

    /** Waits until all that was handed over so far is on disk, or given up. */
    public void flush() throws InterruptedException {
        try {
            writer.submit(() -> {}).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an empty task failed", e);
        }
    }

    /** Waits until nothing is being read. */
    void idle() throws InterruptedException {
        try {
            reader.submit(() -> {}).get();
        } catch (ExecutionException e) {
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
        folder.release();
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

    Instant now() {
        return clock.instant();
    }

    private double seconds() {
        return clock.instant().toEpochMilli() / 1e3;
    }

    private void scan() {
        FoundChains found = new FoundChains(folder.scan(true));
        synchronized (this) {
            for (FoundChains.Chain chain : found.chains()) {
                List<Digest> keys =
                        chain.files().stream().map(file -> file.head().key()).toList();
                policy.restore(
                        keys, chain.files().getLast().bytes(), chain.used().toEpochMilli() / 1e3);
                chain.files()
                        .forEach(file -> files.put(
                                file.head().key(), new Held(file.head().root(), file.bytes())));
            }
            policy.trim(seconds()).forEach(this::discard);
        }
        found.orphans().stream().filter(key -> !holds(key)).forEach(folder::delete);
        LOG.log(System.Logger.Level.DEBUG, "states found blocks=" + files.size());
    }

    private synchronized boolean holds(Digest key) {
        return files.containsKey(key);
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
            boolean unwanted = policy.held(List.of(head.key())) == 0;
            if (unwanted || writingBytes + bytes > mostWriting || writer.isShutdown()) {
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
                files.put(head.key(), new Held(head.root(), bytes));
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
            boolean known = files.containsKey(key);
            lost(key);
            if (known) {
                discard(key);
            } else {
                later(() -> deleteUnlessWanted(key));
            }
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

    /** Reads a block for the sake of the measured rate, when nobody waits for one; not often. */
    void probe(StateFile.Head head, int[] tokens) {
        synchronized (this) {
            long now = nanos();
            if (toReadBytes > 0 || reader.isShutdown() || probed && now - probedAt < PROBE_AFTER.toNanos()) {
                return;
            }
            probed = true;
            probedAt = now;
        }
        reader.execute(() -> {
            long start = nanos();
            try {
                Optional<byte[]> file = folder.read(head.key());
                if (file.isPresent()
                        && StateFile.decode(file.get(), head, tokens).isPresent()) {
                    rates.read(file.get().length, (nanos() - start) / 1e9);
                    rates.forgive();
                }
            } catch (IOException e) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "cannot read a state key=" + head.key().brief() + " cause=" + e);
            }
        });
    }

    /**
     * Never forgets a prompt's blocks, those that are here and those to come.
     *
     * @throws TheseusException {@code BAD_INPUT} if too much would be pinned, {@code IO_FAILED} if that cannot be noted on disk
     */
    public synchronized void pin(PinnedPrompt prompt, long bytes) {
        if (pins.add(prompt, bytes)) {
            policy.pin(prompt.chain(), true);
        }
    }

    /**
     * May forget a pinned prompt again; returns whether it was pinned.
     *
     * @throws TheseusException {@code IO_FAILED} if that cannot be noted on disk
     */
    public synchronized boolean unpin(Digest id) {
        Optional<PinnedPrompt> prompt = pins.remove(id);
        prompt.ifPresent(was -> policy.pin(was.chain(), false));
        return prompt.isPresent();
    }

    /** The pinned prompts, the first one first. */
    public synchronized List<PinnedPrompt> pinned() {
        return pins.all();
    }

    /** What is on disk of the model that {@link StateKeys#root} names. */
    public synchronized ModelBlocks held(Digest root) {
        long[] bytes = files.values().stream()
                .filter(held -> held.root().equals(root))
                .mapToLong(Held::bytes)
                .toArray();
        return new ModelBlocks(bytes.length, Arrays.stream(bytes).sum());
    }

    /**
     * Deletes everything but pinned prompts, in the background; returns how many blocks.
     *
     * @param pinned whether what is pinned goes as well; it stays pinned and is kept when it is computed again
     */
    public synchronized int clear(boolean pinned) {
        Set<Digest> kept = new HashSet<>();
        if (!pinned) {
            pins.all().forEach(pin -> kept.addAll(pin.chain()));
        }
        int before = files.size();
        for (Digest key : List.copyOf(files.keySet())) {
            if (!kept.contains(key)) {
                lost(key);
                discard(key);
            }
        }
        return before - files.size();
    }
}

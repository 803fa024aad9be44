package io.theseus.cache.states;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Blocks on their way from disk, or the decision not to fetch them. For the thread that asked, but for the reading itself. */
public final class StateLoad implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StateLoad.class.getName());

    private final DiskStates disk;
    private final int first;
    private final int held;
    private final int blockTokens;
    private final double loadSeconds;
    private final double computeSeconds;
    private final boolean loads;
    private final List<byte[]> states = new ArrayList<>(); // by the reader until ready
    private long bytes;
    private double readSeconds;
    private volatile boolean ready;
    private volatile boolean closed;
    private boolean counted;

    StateLoad(
            DiskStates disk,
            int first,
            int held,
            int blockTokens,
            double loadSeconds,
            double computeSeconds,
            boolean loads) {
        this.disk = disk;
        this.first = first;
        this.held = held;
        this.blockTokens = blockTokens;
        this.loadSeconds = loadSeconds;
        this.computeSeconds = computeSeconds;
        this.loads = loads;
    }

    void start(long total, IntFunction<StateFile.Head> heads, IntFunction<int[]> tokens, Runnable whenReady) {
        bytes = total;
        long asked = disk.nanos();
        disk.read(() -> {
            try {
                readAll(heads, tokens, asked);
            } finally {
                disk.endRead(total);
                end(false);
                whenReady.run();
            }
        });
    }

    /** Frees the reserved memory once both the reader and the asker are done. */
    private synchronized void end(boolean asker) {
        boolean before = ready && closed;
        if (asker) {
            closed = true;
        } else {
            ready = true;
        }
        if (!before && ready && closed) {
            states.clear();
            disk.endLoad(bytes);
        }
    }

    private void readAll(IntFunction<StateFile.Head> heads, IntFunction<int[]> tokens, long asked) {
        long start = disk.nanos();
        long done = 0;
        for (int block = first; block < held && !closed; block++) {
            StateFile.Head head = heads.apply(block);
            try {
                Optional<byte[]> file = disk.file(head.key());
                if (file.isEmpty()) {
                    disk.missing(head.key());
                    break;
                }
                Optional<byte[]> state =
                        file.flatMap(content -> StateFile.decode(content, head, tokens.apply(head.index())));
                if (state.isEmpty()) {
                    disk.corrupt(head.key());
                    break;
                }
                states.add(state.get());
                done += file.get().length;
            } catch (IOException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "cannot read a state key=" + head.key().brief() + " cause=" + e);
                disk.corrupt(head.key());
                break;
            }
        }
        long end = disk.nanos();
        disk.rates().read(done, (end - start) / 1e9);
        readSeconds = (end - asked) / 1e9;
        if (!states.isEmpty()) {
            disk.used(heads.apply(first + states.size() - 1).key());
        }
    }

    /** Whether blocks are being read. */
    public boolean loads() {
        return loads;
    }

    public boolean ready() {
        return !loads || ready;
    }

    /** The first block that is loaded. */
    public int first() {
        return first;
    }

    /** End of the blocks that are there, once ready. */
    public int end() {
        return first + states.size();
    }

    /** State of a block from {@link #first} to before {@link #end}. */
    public byte[] state(int block) {
        return states.get(block - first);
    }

    /** The engine took {@code blocks} of them within {@code nanos}. */
    public void imported(int blocks, long nanos) {
        if (!ready() || !loads || counted || blocks == 0) {
            return;
        }
        counted = true;
        long taken = bytes / Math.max(1, held - first) * blocks;
        disk.rates().imported(taken, nanos / 1e9);
        disk.counts()
                .loaded(
                        blocks * blockTokens,
                        readSeconds + nanos / 1e9,
                        loadSeconds,
                        computeSeconds * blocks / (held - first));
    }

    /** The prompt was prefilled; {@code tokens} of it were computed within {@code nanos}. */
    public void computed(int tokens, long nanos) {
        if (!loads && held > first && tokens > 0) {
            double share = Math.min(1, (double) (held - first) * blockTokens / tokens);
            disk.counts().computed(nanos / 1e9 * share, loadSeconds);
        }
    }

    /** Nobody wants them any more. Idempotent. */
    @Override
    public void close() {
        if (loads) {
            end(true);
        }
    }
}

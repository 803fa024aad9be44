package io.theseus.cache.states;

import io.theseus.core.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** States of made-up prompts: those of a block are a function of all tokens up to its end, as with a model. */
final class StateRig implements AutoCloseable {
    static final int BLOCK = 4;
    static final int BYTES = 24;
    static final long FILE = StateFile.size(BLOCK, BYTES);
    static final double SLOW = 1e12; // ns a token: loading always pays
    static final Digest MODEL = Digest.ofText("a model");

    /** Seconds since 1970, for what the disk notes. */
    final AtomicLong time = new AtomicLong(1_700_000_000);

    /** What a look at the clock for durations moves it by. */
    final AtomicLong step = new AtomicLong(1000);

    private final AtomicLong nanos = new AtomicLong();
    private final InstantSource clock = () -> Instant.ofEpochSecond(time.get());
    final DiskStates disk;
    final ModelStates model;

    StateRig(Path folder, long capacity) {
        this(folder, capacity, 1 << 20);
    }

    StateRig(Path folder, long capacity, long mostWriting) {
        disk = DiskStates.open(folder, capacity, mostWriting, clock, () -> nanos.addAndGet(step.get()));
        model = model(MODEL, "");
    }

    ModelStates model(Digest root, String salt) {
        return disk.model(
                StateKeys.of(root, "arithmetic 1", salt.getBytes(java.nio.charset.StandardCharsets.UTF_8), BLOCK),
                BYTES);
    }

    static int[] prompt(long seed, int tokens) {
        return new SplittableRandom(seed).ints(tokens, 0, 50_000).toArray();
    }

    static byte[] state(int[] tokens, int block) {
        byte[] state = new byte[BYTES];
        long hash = 7;
        for (int i = 0; i < (block + 1) * BLOCK; i++) {
            hash = hash * 31 + tokens[i];
        }
        new SplittableRandom(hash).nextBytes(state);
        return state;
    }

    /** Stores what is wanted of a computed prompt; returns those blocks. */
    List<Integer> compute(int[] tokens) {
        return compute(model, tokens);
    }

    static List<Integer> compute(ModelStates model, int[] tokens) {
        List<Integer> wanted = model.wanted(tokens, SLOW);
        wanted.forEach(block -> model.store(tokens, block, state(tokens, block)));
        return wanted;
    }

    /** The blocks that can be loaded, and that they are right. */
    int load(int[] tokens) throws InterruptedException {
        return load(model, tokens, 0);
    }

    static int load(ModelStates model, int[] tokens, int from) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        try (StateLoad load = model.decide(tokens, from, SLOW, ready::countDown)) {
            if (!load.loads()) {
                return 0;
            }
            ready.await();
            for (int block = load.first(); block < load.end(); block++) {
                if (!java.util.Arrays.equals(load.state(block), state(tokens, block))) {
                    throw new AssertionError("block " + block + " is not what was stored");
                }
            }
            load.imported(load.end() - load.first(), 1000);
            return load.end() - load.first();
        }
    }

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return new ArrayList<>(all.filter(file -> file.toString().endsWith(".state"))
                    .sorted()
                    .toList());
        }
    }

    static long bytes(Path folder) throws IOException {
        long bytes = 0;
        for (Path file : files(folder)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    @Override
    public void close() {
        disk.close();
    }
}

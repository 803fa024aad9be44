package io.theseus.engine.scheduler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.StepModel;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A model whose logits are a hash of the tokens before them, with blocks that are counted like real ones and a virtual clock that
 * each step moves on. Deterministic; keeps what the contract promises and checks what it demands.
 */
final class FakeStepModel implements StepModel {
    /** A chunk as it was computed: which sequence (by order of creation), from which length, how many tokens. */
    record Ran(int sequence, int from, int tokens) {}

    private final int vocabulary;
    private final int context;
    private final int blockTokens;
    private final int totalBlocks;
    private final float[] logits;
    private int usedBlocks;
    private int created;

    final List<List<Ran>> steps = new ArrayList<>();
    final Set<FakeSequence> open = new HashSet<>();
    final Set<Block> held = new HashSet<>();
    long nanos;
    long nanosPerStep = 1_000_000;
    long nanosPerToken = 1_000_000;
    long nanosPerImport;
    /** Logits after this many tokens have a NaN among them. */
    int spoilLogitsAfter = -1;
    /** Called with the chunks before each step; may throw. */
    Consumer<List<Chunk>> beforeStep = chunks -> {};
    /** Called with each chunk when it is computed, after others of the step were appended; may throw. */
    Consumer<Chunk> inStep = chunk -> {};

    FakeStepModel(int vocabulary, int context, int blockTokens, int totalBlocks) {
        this.vocabulary = vocabulary;
        this.context = context;
        this.blockTokens = blockTokens;
        this.totalBlocks = totalBlocks;
        logits = new float[vocabulary];
    }

    @Override
    public int contextLength() {
        return context;
    }

    @Override
    public int vocabularySize() {
        return vocabulary;
    }

    @Override
    public int blockTokens() {
        return blockTokens;
    }

    @Override
    public int freeBlocks() {
        return totalBlocks - usedBlocks;
    }

    @Override
    public int totalBlocks() {
        return totalBlocks;
    }

    @Override
    public Sequence newSequence() {
        FakeSequence sequence = new FakeSequence();
        open.add(sequence);
        return sequence;
    }

    @Override
    public void step(List<Chunk> chunks) {
        Set<Sequence> distinct = new HashSet<>();
        int need = 0;
        for (Chunk chunk : chunks) {
            FakeSequence sequence = (FakeSequence) chunk.sequence();
            check(open.contains(sequence), "a closed sequence");
            check(distinct.add(sequence), "a sequence twice");
            check(chunk.tokens().length > 0, "no tokens");
            check(chunk.firstLogits() >= 0 && chunk.firstLogits() <= chunk.tokens().length, "firstLogits");
            check(sequence.length + chunk.tokens().length <= context, "a sequence beyond the context");
            need += sequence.need(chunk.tokens().length);
        }
        beforeStep.accept(chunks);
        if (need > freeBlocks()) {
            throw new TheseusException(ErrorCode.BUSY, need + " blocks needed, " + freeBlocks() + " free");
        }
        List<Ran> ran = new ArrayList<>();
        nanos += nanosPerStep;
        for (Chunk chunk : chunks) {
            FakeSequence sequence = (FakeSequence) chunk.sequence();
            ran.add(new Ran(sequence.number, sequence.length, chunk.tokens().length));
            inStep.accept(chunk);
            for (int i = 0; i < chunk.tokens().length; i++) {
                sequence.append(chunk.tokens()[i]);
                nanos += nanosPerToken;
                if (i >= chunk.firstLogits()) {
                    float[] next = logits(sequence.hash());
                    next[5] = sequence.length == spoilLogitsAfter ? Float.NaN : next[5];
                    chunk.logits().accept(i, next);
                }
            }
        }
        steps.add(ran);
    }

    private float[] logits(long hash) {
        for (int id = 0; id < vocabulary; id++) {
            logits[id] = (mix(hash + id * 0x9E3779B97F4A7C15L) >> 40) * 0x1p-21f;
        }
        return logits;
    }

    private static long mix(long z) {
        long y = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        y = (y ^ y >>> 27) * 0x94D049BB133111EBL;
        return y ^ y >>> 31;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("the scheduler broke the contract: " + what);
        }
    }

    /** Hashes, as they are. */
    @Override
    public byte[] exportState(Block block) {
        long[] hashes = ((Held) block).block.hashes;
        check(hashes.length == blockTokens, "export of a block that is not full");
        ByteBuffer bytes = ByteBuffer.allocate(8 * blockTokens);
        bytes.asLongBuffer().put(hashes);
        return bytes.array();
    }

    @Override
    public void importState(Sequence sequence, byte[] states) {
        FakeSequence own = (FakeSequence) sequence;
        nanos += nanosPerImport;
        if (states.length == 0) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "no state");
        }
        check(own.length % blockTokens == 0 && states.length % (8 * blockTokens) == 0, "import of " + states.length);
        if (freeBlocks() < states.length / 8 / blockTokens) {
            throw new TheseusException(ErrorCode.BUSY, "no blocks for the import");
        }
        LongBuffer hashes = ByteBuffer.wrap(states).asLongBuffer();
        while (hashes.hasRemaining()) {
            own.appendHash(hashes.get());
        }
    }

    @Override
    public void close() {}

    private static final class Storage {
        int holders = 1;
        long[] hashes = new long[0];
    }

    private void release(Storage block) {
        if (--block.holders == 0) {
            usedBlocks--;
        }
    }

    private final class Held implements Block {
        private final Storage block;
        private boolean closed;

        Held(Storage block, long[] hashes) {
            this.block = block;
            block.holders++;
            if (hashes.length > block.hashes.length) {
                block.hashes = hashes;
            }
            held.add(this);
        }

        @Override
        public boolean shared() {
            check(!closed, "a block that was let go of");
            return block.holders > 1;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                held.remove(this);
                release(block);
            }
        }
    }

    final class FakeSequence implements Sequence {
        private final int number = created++;
        private final List<Storage> blocks = new ArrayList<>();
        private long[] hashes = new long[8];
        private int length;

        private long hash() {
            return length == 0 ? 0 : hashes[length - 1];
        }

        /** New blocks for {@code tokens} more; writing into a shared block copies it. */
        private int need(int tokens) {
            boolean copies = length % blockTokens != 0 && blocks.getLast().holders > 1;
            return Math.ceilDiv(length + tokens, blockTokens) - blocks.size() + (copies ? 1 : 0);
        }

        private void append(int token) {
            check(token >= 0 && token < vocabulary, "token " + token);
            if (length % blockTokens == 0) {
                blocks.add(new Storage());
                usedBlocks++;
            } else if (blocks.getLast().holders > 1) {
                blocks.removeLast().holders--;
                blocks.add(new Storage());
                usedBlocks++;
            }
            put(mix(hash() * 31 + token + 1));
        }

        private void appendHash(long hash) {
            if (length % blockTokens == 0) {
                blocks.add(new Storage());
                usedBlocks++;
            }
            put(hash);
        }

        private void put(long next) {
            if (length == hashes.length) {
                hashes = Arrays.copyOf(hashes, length * 2);
            }
            hashes[length++] = next;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void truncate(int newLength) {
            check(newLength >= 0 && newLength <= length, "truncate from " + length + " to " + newLength);
            length = newLength;
            while (blocks.size() > Math.ceilDiv(length, blockTokens)) {
                release(blocks.removeLast());
            }
        }

        @Override
        public Block hold(int index) {
            check(open.contains(this), "hold of a closed sequence");
            int from = index * blockTokens;
            check(from < length, "hold of a block beyond the end");
            return new Held(blocks.get(index), Arrays.copyOfRange(hashes, from, Math.min(length, from + blockTokens)));
        }

        @Override
        public void append(Block block, int tokens) {
            Held shared = (Held) block;
            check(!shared.closed && length % blockTokens == 0, "append of a block");
            check(tokens > 0 && tokens <= shared.block.hashes.length, "append of " + tokens);
            shared.block.holders++;
            blocks.add(shared.block);
            hashes = Arrays.copyOf(hashes, length + blockTokens);
            System.arraycopy(shared.block.hashes, 0, hashes, length, tokens);
            length += tokens;
        }

        @Override
        public Sequence fork() {
            check(open.contains(this), "fork of a closed sequence");
            boolean partial = length % blockTokens != 0;
            if (partial && freeBlocks() == 0) {
                throw new TheseusException(ErrorCode.BUSY, "no block for the copy of a partly filled one");
            }
            FakeSequence fork = new FakeSequence();
            fork.hashes = hashes.clone();
            fork.length = length;
            for (int i = 0; i < blocks.size(); i++) {
                if (partial && i == blocks.size() - 1) {
                    fork.blocks.add(new Storage());
                    usedBlocks++;
                } else {
                    blocks.get(i).holders++;
                    fork.blocks.add(blocks.get(i));
                }
            }
            open.add(fork);
            return fork;
        }

        @Override
        public void close() {
            if (open.remove(this)) {
                blocks.forEach(FakeStepModel.this::release);
                blocks.clear();
                length = 0;
            }
        }
    }
}

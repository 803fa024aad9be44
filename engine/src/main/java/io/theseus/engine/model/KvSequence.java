package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.tensor.KvBlock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The KV state of one sequence: whole blocks, possibly shared with others; copied before a shared one is written. */
final class KvSequence implements StepModel.Sequence {
    private final KvPool pool;
    private final List<KvPool.Block> blocks = new ArrayList<>();
    private int length;
    private boolean closed;

    KvSequence(KvPool pool) {
        this.pool = pool;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > length) {
            throw new TheseusException(
                    ErrorCode.INTERNAL, "truncate to " + newLength + " of a sequence of " + length + " tokens");
        }
        length = newLength;
        trim();
    }

    private void trim() {
        int needed = blocksFor(length);
        while (blocks.size() > needed) {
            pool.release(blocks.removeLast());
        }
    }

    @Override
    public KvSequence fork() {
        KvSequence copy = new KvSequence(pool);
        for (KvPool.Block block : blocks) {
            pool.retain(block);
            copy.blocks.add(block);
        }
        copy.length = length;
        return copy;
    }

    @Override
    public StepModel.Block hold(int index) {
        return new Held(pool, blocks.get(index));
    }

    @Override
    public void append(StepModel.Block block, int tokens) {
        if (length % KvBlock.TOKENS != 0 || tokens < 1 || tokens > KvBlock.TOKENS) {
            throw new TheseusException(
                    ErrorCode.INTERNAL, tokens + " positions of a block appended to a sequence of " + length);
        }
        KvPool.Block shared = ((Held) block).block();
        pool.retain(shared);
        blocks.add(shared);
        length += tokens;
    }

    /** One holder of a block outside any sequence. */
    static final class Held implements StepModel.Block {
        private final KvPool pool;
        private KvPool.@Nullable Block block;

        Held(KvPool pool, KvPool.Block block) {
            this.pool = pool;
            this.block = block;
            pool.retain(block);
        }

        KvPool.Block block() {
            if (block == null) {
                throw new TheseusException(ErrorCode.INTERNAL, "a block that was let go of");
            }
            return block;
        }

        @Override
        public boolean shared() {
            return block().shared();
        }

        @Override
        public void close() {
            if (block != null) {
                pool.release(block);
                block = null;
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            length = 0;
            trim();
        }
    }

    boolean closed() {
        return closed;
    }

    /** Blocks that must be taken from the pool before {@code tokens} more can be written. */
    int blocksToGrow(int tokens) {
        int missing = blocksFor(length + tokens) - blocks.size();
        boolean copies = length % KvBlock.TOKENS != 0 && blocks.getLast().shared();
        return missing + (copies ? 1 : 0);
    }

    /** Makes room for {@code tokens} more that no other sequence can see. The length stays until {@link #advance}. */
    void reserve(int tokens) {
        if (length % KvBlock.TOKENS != 0 && blocks.getLast().shared()) {
            KvPool.Block own = pool.take();
            KvPool.Block shared = blocks.removeLast();
            own.data().copyFrom(shared.data(), length % KvBlock.TOKENS);
            pool.release(shared);
            blocks.add(own);
        }
        while (blocks.size() < blocksFor(length + tokens)) {
            blocks.add(pool.take());
        }
    }

    void advance(int tokens) {
        length += tokens;
    }

    KvBlock.Shape shape() {
        return pool.shape();
    }

    KvBlock block(int index) {
        return blocks.get(index).data();
    }

    /** The blocks that hold the first {@code positions} positions. */
    KvBlock[] blocksCovering(int positions) {
        KvBlock[] result = new KvBlock[blocksFor(positions)];
        for (int i = 0; i < result.length; i++) {
            result[i] = blocks.get(i).data();
        }
        return result;
    }

    static int blocksFor(int positions) {
        return (positions + KvBlock.TOKENS - 1) / KvBlock.TOKENS;
    }
}

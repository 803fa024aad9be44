package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.tensor.KvBlock;
import java.util.ArrayDeque;

/** A bounded number of KV blocks with reference counts. Memory is taken when a block is first used, then kept. */
final class KvPool {
    private final KvBlock.Shape shape;
    private final int capacity;
    private final ArrayDeque<Block> free = new ArrayDeque<>();
    private int created;

    /** A block and how many sequences hold it. */
    static final class Block {
        private final KvBlock data;
        private int references;

        private Block(KvBlock data) {
            this.data = data;
        }

        KvBlock data() {
            return data;
        }

        /** Whether another sequence would see a write. */
        boolean shared() {
            return references > 1;
        }
    }

    KvPool(KvBlock.Shape shape, int capacity) {
        this.shape = shape;
        this.capacity = capacity;
    }

    KvBlock.Shape shape() {
        return shape;
    }

    int capacity() {
        return capacity;
    }

    int available() {
        return capacity - created + free.size();
    }

    /**
     * A block held once, with arbitrary content.
     *
     * @throws TheseusException {@link ErrorCode#BUSY} if all are held
     */
    Block take() {
        Block block = free.poll();
        if (block == null) {
            if (created == capacity) {
                throw new TheseusException(
                        ErrorCode.BUSY,
                        "all " + capacity + " KV blocks are in use; try again later or raise kv-memory");
            }
            block = new Block(new KvBlock(shape));
            created++;
        }
        block.references = 1;
        return block;
    }

    void retain(Block block) {
        block.references++;
    }

    void release(Block block) {
        if (--block.references == 0) {
            free.push(block);
        }
    }
}

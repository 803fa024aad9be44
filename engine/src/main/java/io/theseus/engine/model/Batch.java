package io.theseus.engine.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of one forward pass: tokens of several sequences side by side.
 *
 * @param spans which rows belong to which sequence, in row order
 * @param rows rows in all
 */
record Batch(List<Span> spans, int rows) {
    /**
     * Consecutive tokens of one sequence.
     *
     * @param firstRow row of its first token
     * @param firstToken index of its first token in the chunk
     * @param firstPosition position of its first token in the sequence
     * @param count tokens
     */
    record Span(
            StepModel.Chunk chunk, KvSequence sequence, int firstRow, int firstToken, int firstPosition, int count) {
        /** Rows of this span whose logits are wanted, from this one on (relative to the span). */
        int firstWanted() {
            return Math.max(0, chunk.firstLogits() - firstToken);
        }
    }

    /** Cuts the chunks of a step into batches of at most {@code limit} rows. */
    static List<Batch> of(List<StepModel.Chunk> chunks, int limit) {
        List<Batch> batches = new ArrayList<>();
        List<Span> spans = new ArrayList<>();
        int rows = 0;
        for (StepModel.Chunk chunk : chunks) {
            KvSequence sequence = (KvSequence) chunk.sequence();
            int start = sequence.length();
            for (int done = 0; done < chunk.tokens().length; ) {
                if (rows == limit) {
                    batches.add(new Batch(List.copyOf(spans), rows));
                    spans.clear();
                    rows = 0;
                }
                int count = Math.min(limit - rows, chunk.tokens().length - done);
                spans.add(new Span(chunk, sequence, rows, done, start + done, count));
                rows += count;
                done += count;
            }
        }
        if (rows > 0) {
            batches.add(new Batch(List.copyOf(spans), rows));
        }
        return batches;
    }
}

package io.theseus.cache.answers;

/**
 * Sizes now, and counts since this process began.
 *
 * @param entries answers on disk
 * @param bytes they take
 * @param limit most bytes on disk
 * @param hotEntries answers in memory
 * @param hotBytes they take
 * @param misses lookups that found nothing to serve
 * @param expired answers given up because their time was over
 * @param refusedProofs answers given up because their bytes, rows or proofs were damaged
 * @param failedStores answers that could not be written
 * @param savedNanos computing time that hits saved
 * @param savedTokens prompt and answer tokens that hits saved
 */
public record AnswerStats(
        long entries,
        long bytes,
        long limit,
        int hotEntries,
        long hotBytes,
        long hits,
        long misses,
        long stores,
        long evictions,
        long expired,
        long refusedProofs,
        long failedStores,
        long savedNanos,
        long savedTokens) {}

package io.theseus.cache.states;

/**
 * What the states on disk did, since the start unless said otherwise.
 *
 * @param blocks on disk now
 * @param bytes of their files
 * @param capacity most bytes of files
 * @param pinned prompts that are never forgotten
 * @param writing blocks that wait to be written now
 * @param written blocks
 * @param dropped blocks that were not written because too many waited, or the disk failed
 * @param forgotten blocks deleted to make room
 * @param corrupt blocks that were not what had been written; they were deleted and computed again
 * @param loads prompts whose beginning was loaded
 * @param loadedTokens tokens in the loaded blocks
 * @param loadSeconds that loading took, waiting included
 * @param predictedLoadSeconds that it was expected to take
 * @param savedSeconds that computing the loaded tokens would have taken, by the measured rate, less {@code loadSeconds}
 * @param loadRegretSeconds by how much loading took longer than computing would have, summed over the loads where it did
 * @param computes prompts whose beginning was on disk, and computed because that was expected to be faster
 * @param computeRegretSeconds by how much computing took longer than loading would have, summed over these where it did
 * @param readBytesPerSecond measured lately, with verification
 * @param importBytesPerSecond measured lately
 * @param recency whether least recent use decides what goes, because no learned order did better lately
 */
public record StateStats(
        long blocks,
        long bytes,
        long capacity,
        long pinned,
        long writing,
        long written,
        long dropped,
        long forgotten,
        long corrupt,
        long loads,
        long loadedTokens,
        double loadSeconds,
        double predictedLoadSeconds,
        double savedSeconds,
        double loadRegretSeconds,
        long computes,
        double computeRegretSeconds,
        double readBytesPerSecond,
        double importBytesPerSecond,
        boolean recency) {}

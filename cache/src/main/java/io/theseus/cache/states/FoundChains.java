package io.theseus.cache.states;

import io.theseus.core.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was found in a folder, as the prompts that it came from. */
final class FoundChains {
    /**
     * One prompt.
     *
     * @param files of its blocks, the first one first
     * @param used when it was asked for last
     */
    record Chain(List<StateFolder.Found> files, Instant used) {}

    private final Map<Digest, StateFolder.Found> byKey = new HashMap<>();
    private final List<Chain> chains = new ArrayList<>();
    private final List<Digest> orphans = new ArrayList<>();

    FoundChains(List<StateFolder.Found> found) {
        found.forEach(file -> byKey.put(file.head().key(), file));
        List<StateFolder.Found> lastFirst = new ArrayList<>(found);
        lastFirst.sort(Comparator.comparingInt(file -> -file.head().index()));
        Map<Digest, Instant> usedAfter = new HashMap<>();
        for (StateFolder.Found file : lastFirst) {
            Instant after = usedAfter.get(file.head().key());
            // A block whose followers were used later was used for their sake.
            if (after == null || file.used().isAfter(after)) {
                add(file);
            }
            Instant last = after == null || file.used().isAfter(after) ? file.used() : after;
            usedAfter.merge(file.head().parent(), last, (a, b) -> a.isAfter(b) ? a : b);
        }
        chains.sort(Comparator.comparing(Chain::used));
    }

    private void add(StateFolder.Found last) {
        List<StateFolder.Found> files = new ArrayList<>();
        StateFolder.Found at = last;
        while (at != null) {
            files.add(at);
            if (at.head().index() == 0) {
                chains.add(new Chain(files.reversed(), last.used()));
                return;
            }
            StateFolder.Found before = byKey.get(at.head().parent());
            at = before != null && before.head().index() == at.head().index() - 1 ? before : null;
        }
        files.forEach(file -> orphans.add(file.head().key()));
    }

    /** The prompts, the one that was used last comes last. */
    List<Chain> chains() {
        return chains;
    }

    /** Blocks of no use: one before them is missing. */
    List<Digest> orphans() {
        return orphans;
    }
}

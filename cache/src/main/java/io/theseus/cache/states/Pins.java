package io.theseus.cache.states;

import io.theseus.core.DataSize;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The pinned prompts of a folder. Not thread-safe. */
final class Pins {
    /** What is not pinned needs room as well. */
    private static final int SHARE = 2;

    private final PinFile file;
    private final long capacity;
    private final Map<Digest, PinnedPrompt> byId = new LinkedHashMap<>();
    private final Map<Digest, Long> bytesEach = new HashMap<>(); // by model, of those pinned since the start

    Pins(PinFile file, long capacity) {
        this.file = file;
        this.capacity = capacity;
        file.read().forEach(pin -> byId.put(pin.id(), pin));
    }

    List<PinnedPrompt> all() {
        return List.copyOf(byId.values());
    }

    /**
     * Adds one; returns whether it is new.
     *
     * @param bytes that each of its blocks takes
     */
    boolean add(PinnedPrompt prompt, long bytes) {
        if (byId.containsKey(prompt.id())) {
            return false;
        }
        bytesEach.put(prompt.root(), bytes);
        Set<Digest> blocks = new HashSet<>(prompt.chain());
        long all = blocks.size() * bytes;
        for (PinnedPrompt pin : byId.values()) {
            for (Digest key : pin.chain()) {
                all += blocks.add(key) ? bytesEach.getOrDefault(pin.root(), bytes) : 0;
            }
        }
        if (all > capacity / SHARE) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "pinned prompts would take " + new DataSize(all).forPeople() + ", more than half of states-size, "
                            + new DataSize(capacity).forPeople() + "; unpin some or raise it");
        }
        List<PinnedPrompt> after = new ArrayList<>(byId.values());
        after.add(prompt);
        file.write(after);
        byId.put(prompt.id(), prompt);
        return true;
    }

    Optional<PinnedPrompt> remove(Digest id) {
        if (!byId.containsKey(id)) {
            return Optional.empty();
        }
        file.write(byId.values().stream().filter(pin -> !pin.id().equals(id)).toList());
        return Optional.ofNullable(byId.remove(id));
    }
}

package io.theseus.cache.states;

import io.theseus.core.Digest;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A folder of states as files, for looking at it beside the process that uses it. */
public final class StoredStates {
    /**
     * What there is of one model.
     *
     * @param root names the model, as {@link StateKeys#root}
     * @param tokens whose state is there
     * @param bytes of the files
     */
    public record OfModel(Digest root, long blocks, long tokens, long bytes) {
        private OfModel plus(OfModel other) {
            return new OfModel(root, blocks + other.blocks, tokens + other.tokens, bytes + other.bytes);
        }
    }

    private final StateFolder folder;
    private final List<PinnedPrompt> pins;

    private StoredStates(Path path) {
        folder = new StateFolder(path);
        pins = new PinFile(path.resolve("pins")).read();
    }

    /** The states in {@code folder}, which is there. */
    public static StoredStates in(Path folder) {
        return new StoredStates(folder);
    }

    /** Per model. */
    public List<OfModel> models() {
        Map<Digest, OfModel> byRoot = new TreeMap<>();
        for (StateFolder.Found file : folder.scan(false)) {
            Digest root = file.head().root();
            byRoot.merge(root, new OfModel(root, 1, file.tokens(), file.bytes()), OfModel::plus);
        }
        return List.copyOf(byRoot.values());
    }

    /** Pinned prompts. */
    public int pinned() {
        return pins.size();
    }

    /**
     * Deletes the files; who uses them notices when it looks for them. Returns how many.
     *
     * @param pinned whether those of pinned prompts go as well; they stay pinned, and are kept when they are computed again
     */
    public int clear(boolean pinned) {
        Set<Digest> kept = new HashSet<>();
        if (!pinned) {
            pins.forEach(pin -> kept.addAll(pin.chain()));
        }
        int deleted = 0;
        for (StateFolder.Found file : folder.scan(false)) {
            if (!kept.contains(file.head().key())) {
                folder.delete(file.head().key());
                deleted++;
            }
        }
        return deleted;
    }
}

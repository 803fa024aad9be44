package io.theseus.cache.states;

import io.theseus.core.Digest;
import java.time.Instant;
import java.util.List;

/**
 * The beginning of prompts, such as a system prompt, whose state is never forgotten.
 *
 * @param root names the model, as {@link StateKeys#root}
 * @param since when it was pinned
 * @param tokens in its whole blocks
 * @param label for people: how its text begins
 * @param chain keys of its blocks, at least one
 */
public record PinnedPrompt(Digest root, Instant since, int tokens, String label, List<Digest> chain) {
    public PinnedPrompt {
        chain = List.copyOf(chain);
        if (chain.isEmpty() || tokens < chain.size()) {
            throw new IllegalArgumentException(chain.size() + " blocks of " + tokens + " tokens");
        }
    }

    /** Names it: the key of its last block. */
    public Digest id() {
        return chain.getLast();
    }
}

package io.theseus.orchestrator;

import io.theseus.cache.Scope;
import java.util.Optional;

/**
 * How a request wants to be answered from memory.
 *
 * @param scope who else may get the answer that is remembered for it
 * @param sampled whether an answer may be remembered, and served, although it was drawn at random: without it such a request is
 *     always computed anew. Without a seed any earlier draw will do then
 * @param seeded whether the request names its seed, so that whoever asks again expects the same draw
 * @param salt keeps callers apart who must not notice what others asked: answers are shared only within one salt; empty = with all
 * @param question what is asked, for people who look into the cache; empty = the end of the prompt
 * @param meaning the question, if the answer to another one of the same meaning will do
 */
public record Recall(
        CacheControl control,
        Scope scope,
        boolean sampled,
        boolean seeded,
        String salt,
        String question,
        Optional<Question> meaning) {
    /** A recall that wants the answer to this very question. */
    public Recall(CacheControl control, Scope scope, boolean sampled, boolean seeded, String salt, String question) {
        this(control, scope, sampled, seeded, salt, question, Optional.empty());
    }

    /** The same, content with the answer to another question of the same meaning. */
    public Recall byMeaning(Question wanted) {
        return new Recall(control, scope, sampled, seeded, salt, question, Optional.of(wanted));
    }

    /** The defaults, for requests that name their seed or need none. */
    public static final Recall DEFAULT = new Recall(CacheControl.DEFAULT, Scope.PRIVATE, false, true, "", "");

    /** Nothing remembered, before or after. */
    public static final Recall NONE = new Recall(CacheControl.NONE, Scope.PRIVATE, false, true, "", "");
}

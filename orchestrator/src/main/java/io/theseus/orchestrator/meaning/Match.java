package io.theseus.orchestrator.meaning;

import io.theseus.cache.CachedAnswer;
import io.theseus.core.Digest;
import java.util.Optional;

/** What the layer has to say about a question that is not remembered word for word. */
public sealed interface Match {
    /**
     * A remembered answer to a question of the same meaning serves.
     *
     * @param cosine of both questions
     */
    record Serves(CachedAnswer answer, double cosine) implements Match {}

    /**
     * It is to be computed.
     *
     * @param context of the question
     * @param embedding of the question
     * @param candidate the nearest question of the same meaning, with whose answer the computed one is compared
     */
    record Computes(Digest context, String text, float[] embedding, Optional<Candidate> candidate) implements Match {
        /** The same, answered by the engine of {@code other}: what another one said is nothing to compare its answer with. */
        public Computes in(Digest other) {
            return other.equals(context) ? this : new Computes(other, text, embedding, Optional.empty());
        }
    }

    /**
     * A remembered answer that was not served.
     *
     * @param wouldServe whether it could have been, and was chosen for a check
     */
    record Candidate(CachedAnswer answer, double cosine, boolean wouldServe) {}
}

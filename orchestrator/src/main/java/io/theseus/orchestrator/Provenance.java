package io.theseus.orchestrator;

import io.theseus.cache.CachedAnswer;
import io.theseus.core.Digest;
import java.time.Duration;
import java.util.Optional;

/** Where an answer comes from. */
public sealed interface Provenance {
    /** The layer's word in headers, logs and metrics. */
    String layer();

    /** The request's key, if its answer could be remembered. */
    Optional<Digest> key();

    /**
     * Computed for this request.
     *
     * @param key empty = it is not to be remembered
     */
    record Computed(Optional<Digest> key) implements Provenance {
        @Override
        public String layer() {
            return "compute";
        }
    }

    /** Being computed for somebody else who asked the same just before. */
    record Joined(Digest request) implements Provenance {
        @Override
        public String layer() {
            return "compute";
        }

        @Override
        public Optional<Digest> key() {
            return Optional.of(request);
        }
    }

    /**
     * Computed earlier.
     *
     * @param age since then
     */
    record Remembered(CachedAnswer answer, Duration age) implements Provenance {
        @Override
        public String layer() {
            return "answer";
        }

        @Override
        public Optional<Digest> key() {
            return Optional.of(answer.info().key());
        }
    }

    /**
     * Computed earlier, for another question of the same meaning.
     *
     * @param answer to that question; its key is the source's, not this request's
     * @param age since then
     * @param cosine of the embeddings of both questions
     */
    record Meant(CachedAnswer answer, Duration age, double cosine) implements Provenance {
        @Override
        public String layer() {
            return "meaning";
        }

        @Override
        public Optional<Digest> key() {
            return Optional.of(answer.info().key());
        }
    }
}

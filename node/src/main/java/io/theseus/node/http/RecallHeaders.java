package io.theseus.node.http;

import io.theseus.cache.CachedAnswer;
import io.theseus.cache.Scope;
import io.theseus.core.TheseusException;
import io.theseus.orchestrator.CacheControl;
import io.theseus.orchestrator.Provenance;
import io.theseus.orchestrator.Provenance.Meant;
import io.theseus.orchestrator.Provenance.Remembered;
import io.theseus.orchestrator.Recall;
import io.theseus.orchestrator.meaning.Meanings;
import io.theseus.proof.CacheProof;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a request says what may be remembered, and how a response says what was. */
final class RecallHeaders {
    private static final String CONTROL = "cache-control";
    private static final String SCOPE = "x-theseus-scope";
    private static final String CACHE = "x-theseus-cache";
    private static final String MEANING = "x-theseus-meaning";

    private RecallHeaders() {}

    /**
     * Reads {@code Cache-Control}, {@code x-theseus-scope: private|swarm}, {@code x-theseus-cache: sampled}, and the body's {@code
     * cache_salt}.
     *
     * @param usual the scope of requests that name none
     * @param question what is asked, for people who look into the cache
     */
    static Recall read(Exchange exchange, Fields fields, Scope usual, String question) {
        return new Recall(
                exchange.header(CONTROL).map(RecallHeaders::control).orElse(CacheControl.DEFAULT),
                exchange.header(SCOPE).map(RecallHeaders::scope).orElse(usual),
                exchange.header(CACHE).map(RecallHeaders::sampled).orElse(false),
                fields.value("seed").isPresent(),
                fields.string("cache_salt").orElse(""),
                question);
    }

    /**
     * Whether the answer to another question of the same meaning will do: {@code x-theseus-meaning: on|off}, or else as the node is
     * set.
     */
    static boolean byMeaning(Exchange exchange, Optional<Meanings> meanings) {
        return switch (exchange.header(MEANING).map(String::strip).orElse("")) {
            case "on" -> meanings.isPresent();
            case "off" -> false;
            case "" -> meanings.map(Meanings::usual).orElse(false);
            default ->
                throw ApiError.badRequest(
                        "invalid_value",
                        MEANING + " is \"" + exchange.header(MEANING).orElse("") + "\", expected on or off.");
        };
    }

    private static CacheControl control(String header) {
        try {
            return CacheControl.parse(header);
        } catch (TheseusException e) {
            throw ApiError.badRequest("invalid_value", "Cache-Control: " + e.getMessage() + ".");
        }
    }

    private static Scope scope(String word) {
        try {
            return Scope.of(word.strip());
        } catch (TheseusException e) {
            throw ApiError.badRequest("invalid_value", SCOPE + ": " + e.getMessage() + ".");
        }
    }

    private static boolean sampled(String word) {
        if (word.strip().equals("sampled")) {
            return true;
        }
        throw ApiError.badRequest(
                "invalid_value", CACHE + " is \"" + word + "\", expected sampled (or leave the header out).");
    }

    /** Says where the answers of a response come from; of several the layer that did most. */
    static void write(Exchange exchange, List<Provenance> from, String layer) {
        exchange.responseHeader("x-theseus-layer", layer);
        if (from.size() == 1) {
            from.getFirst().key().ifPresent(key -> exchange.responseHeader("x-theseus-key", key.hex()));
        }
        from.stream()
                .filter(Meant.class::isInstance)
                .map(Meant.class::cast)
                .mapToDouble(Meant::cosine)
                .min()
                .ifPresent(cosine ->
                        exchange.responseHeader("x-theseus-similarity", String.format(Locale.ROOT, "%.4f", cosine)));
        Optional<Served> oldest = from.stream()
                .flatMap(provenance -> served(provenance).stream())
                .max((a, b) -> a.age().compareTo(b.age()));
        if (oldest.isEmpty() || !layer.equals(oldest.get().layer())) {
            return;
        }
        exchange.responseHeader("age", Long.toString(oldest.get().age().toSeconds()));
        if (from.size() == 1 && oldest.get().age().compareTo(CacheProof.VALIDITY) < 0) {
            exchange.responseHeader("x-theseus-proof", proof(oldest.get().answer()));
        }
    }

    /** An answer that was not computed for its request. */
    private record Served(CachedAnswer answer, Duration age, String layer) {}

    private static Optional<Served> served(Provenance provenance) {
        return switch (provenance) {
            case Remembered remembered ->
                Optional.of(new Served(remembered.answer(), remembered.age(), remembered.layer()));
            case Meant meant -> Optional.of(new Served(meant.answer(), meant.age(), meant.layer()));
            case Provenance.Computed computed -> Optional.empty();
            case Provenance.Joined joined -> Optional.empty();
        };
    }

    /** All that is needed to verify the proof, beside the key: docs/api.md says how. */
    static String proof(CachedAnswer answer) {
        CacheProof proof = answer.proof();
        return "node=" + answer.receipt().receipt().node().hex() + "; computed="
                + proof.computedAt().toEpochMilli() + "; response="
                + proof.responseHash().hex() + "; receipt="
                + proof.proofHash().hex() + "; signature="
                + Base64.getUrlEncoder().withoutPadding().encodeToString(proof.signature());
    }

    /** The layer of a response: remembered only if all of it is. */
    static String layer(List<Provenance> from, int cachedTokens) {
        String word = from.stream()
                .map(Provenance::layer)
                .reduce((a, b) -> a.equals(b) ? a : "compute")
                .orElse("compute");
        return word.equals("compute") && cachedTokens > 0 ? "state" : word;
    }

    /** What was saved by not computing. */
    static Duration saved(List<Provenance> from) {
        long nanos = 0;
        for (Provenance provenance : from) {
            nanos += served(provenance)
                    .map(served -> served.answer().info().computeNanos())
                    .orElse(0L);
        }
        return Duration.ofNanos(nanos);
    }
}

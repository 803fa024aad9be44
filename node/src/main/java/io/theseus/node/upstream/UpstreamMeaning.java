package io.theseus.node.upstream;

import io.theseus.core.Digest;
import io.theseus.orchestrator.meaning.Match;
import io.theseus.orchestrator.meaning.MeaningLayer;
import java.util.Map;
import java.util.Optional;

/**
 * What the meaning layer said of a request.
 *
 * @param contexts of the request, by the name of the upstream that answers
 */
record UpstreamMeaning(MeaningLayer layer, Match match, Map<String, Digest> contexts) {
    /**
     * Tells the layer an answer that was computed.
     *
     * @param upstream that did
     * @param key under which it is remembered
     */
    void learn(String upstream, Digest key, UpstreamAnswer answer) {
        Digest context = contexts.get(upstream);
        if (match instanceof Match.Computes computes
                && context != null
                && !answer.text().isBlank()) {
            layer.computed(
                    computes.in(context),
                    Optional.of(key),
                    answer.text(),
                    found -> UpstreamAnswer.read(found.payload())
                            .map(UpstreamAnswer::text)
                            .orElse(""));
        }
    }
}

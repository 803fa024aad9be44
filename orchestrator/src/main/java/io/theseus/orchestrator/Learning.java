package io.theseus.orchestrator;

import io.theseus.core.Digest;
import io.theseus.orchestrator.meaning.Match;
import io.theseus.orchestrator.meaning.MeaningLayer;
import java.util.Optional;

/** What is to be told to the meaning layer once an answer is computed. */
record Learning(MeaningLayer layer, Match.Computes match) {
    /** @param key under which the answer is remembered */
    void done(Digest key, String answer) {
        layer.computed(match, Optional.of(key), answer, found -> AnswerPayload.textOf(found.payload()));
    }
}

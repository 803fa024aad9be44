package io.theseus.node.http;

import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Token;

/** Turns what an engine generates into a response. Called by one thread. */
interface AnswerSink {
    /** A token of answer {@code choice}. */
    void token(int choice, Token token);

    /** Answer {@code choice} is complete, by {@code STOP} or {@code LENGTH}. */
    void finished(int choice, Finished finished);

    /** Nothing was sent for the keep-alive interval. */
    void idle();

    /** All answers are complete. */
    void complete();
}

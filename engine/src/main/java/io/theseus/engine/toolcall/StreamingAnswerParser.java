package io.theseus.engine.toolcall;

import java.util.ArrayList;
import java.util.List;

/** Takes the reasoning off the front of an answer and the tool calls out of the rest. */
final class StreamingAnswerParser implements AnswerParser {
    private final ReasoningSplitter reasoning;
    private final CallSplitter calls;

    StreamingAnswerParser(ReasoningSplitter reasoning, CallSplitter calls) {
        this.reasoning = reasoning;
        this.calls = calls;
    }

    @Override
    public List<AnswerPart> accept(String textDelta) {
        List<AnswerPart> parts = new ArrayList<>();
        calls.accept(reasoning.accept(textDelta, parts), parts);
        return parts;
    }

    @Override
    public List<AnswerPart> finish() {
        List<AnswerPart> parts = new ArrayList<>();
        calls.accept(reasoning.finish(parts), parts);
        calls.finish(parts);
        return parts;
    }
}

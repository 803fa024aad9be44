package io.theseus.engine.toolcall;

import java.util.List;

/**
 * Splits one streaming answer into text, reasoning and tool calls. The parts do not depend on how the text was cut
 * into deltas, up to the cutting of neighbouring texts. What looks like a call but is not one comes out as text:
 * nothing is lost. Not safe for use by many threads.
 */
public interface AnswerParser {
    /** The parts that are certain after {@code textDelta}; often empty. */
    List<AnswerPart> accept(String textDelta);

    /** The rest, once the answer has ended. */
    List<AnswerPart> finish();
}

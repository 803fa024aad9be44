package io.theseus.engine.toolcall;

import io.theseus.engine.template.ChatTemplate;
import java.util.List;
import java.util.random.RandomGenerator;

/** How a model family writes tool calls into its answers. */
public final class ToolCallFormat {
    private ToolCallFormat() {}

    /** The format that the template's own text shows for earlier calls. */
    public static ToolCallFormat detect(ChatTemplate template) {
        return new ToolCallFormat();
    }

    /**
     * A parser for one answer.
     *
     * @param toolsGiven whether the request had tools; if not, nothing is taken for a tool call
     * @param prompt the rendered prompt, whose end tells whether the answer begins inside the reasoning
     * @param ids where the ids of calls come from
     */
    public AnswerParser parser(boolean toolsGiven, String prompt, RandomGenerator ids) {
        return new AnswerParser() {
            @Override
            public List<AnswerPart> accept(String textDelta) {
                return textDelta.isEmpty() ? List.of() : List.of(new AnswerPart.Text(textDelta));
            }

            @Override
            public List<AnswerPart> finish() {
                return List.of();
            }
        };
    }

    /**
     * Whether calls are marked by control tokens, so that a request with tools must ask the engine for their text
     * ({@code GenerationRequest.echoSpecial}).
     */
    public boolean needsControlTokens() {
        return false;
    }
}

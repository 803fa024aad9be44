package io.theseus.engine.toolcall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** However an answer is cut into deltas, its parts are the same; and without white space, no character is lost. */
class AnswerParserProperties {
    private static final String[] PIECES = {
        "<tool_call>",
        "</tool_call>",
        "[TOOL_CALLS]",
        "<|python_tag|>",
        "<|tool_call|>",
        "[ARGS]",
        "[CALL_ID]",
        "<think>",
        "</think>",
        "{\"name\": \"f\", \"arguments\": {\"a\": \"}\"}}",
        "{\"name\": \"g\", \"parameters\": {}}",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\\",
        " ",
        "\n",
        ";",
        ",",
        "name",
        "f",
        "<function=f>",
        "</function>",
        "<parameter=p>",
        "</parameter>",
        "<arg_key>k</arg_key>",
        "<arg_value>1</arg_value>",
        "Hello",
        "<",
        "é😀",
        "{\"name\"",
        ": \"f\""
    };

    @Test
    void anySplitGivesTheSameParts() {
        for (long seed = 0; seed < 6000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder answer = new StringBuilder();
            for (int n = random.nextInt(14); n >= 0; n--) {
                answer.append(PIECES[random.nextInt(PIECES.length)]);
            }
            String text = answer.toString();
            for (ToolCallFormat format : Answers.ALL) {
                List<String> whole = Answers.parse(format, text);
                assertThat(Answers.parse(format, split(text, random)))
                        .as("seed %d, text <%s>", seed, text)
                        .isEqualTo(whole);
                assertThat(Answers.parse(format, text.split("")))
                        .as("seed %d, text <%s>", seed, text)
                        .isEqualTo(whole);
                if (whole.stream()
                        .noneMatch(part -> part.startsWith("think:") || part.matches("(?s)\\d+:\\w+\\(\\{.*"))) {
                    boolean thinks = text.strip().startsWith("<think>") && format == Answers.HERMES;
                    assertThat(String.join("", whole))
                            .as("seed %d, text <%s>", seed, text)
                            .isEqualTo(thinks ? String.join("", whole) : text);
                }
            }
        }
    }

    private static String[] split(String text, SplittableRandom random) {
        List<String> deltas = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + random.nextInt(9));
            deltas.add(text.substring(from, to));
            from = to;
        }
        return deltas.toArray(String[]::new);
    }
}

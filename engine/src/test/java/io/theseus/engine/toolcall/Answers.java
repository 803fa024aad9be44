package io.theseus.engine.toolcall;

import io.theseus.engine.template.ChatTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Parses whole answers in tests, in the ways of each model family. */
final class Answers {
    static final ToolCallFormat HERMES = format("{{ tools }} <tool_call> {\"name\"} </tool_call> <think> </think>");
    static final ToolCallFormat MISTRAL = format("{{ tools }} [TOOL_CALLS][");
    static final ToolCallFormat LLAMA = format("{{ tools }} {\"name\": f, \"parameters\": {}} <|python_tag|>");
    static final ToolCallFormat GRANITE = format("{{ tools }} <|tool_call|>");
    static final ToolCallFormat UNKNOWN = format("{{ tools }}");
    static final ToolCallFormat PLAIN = format("{{ messages }}");
    static final List<ToolCallFormat> ALL = List.of(HERMES, MISTRAL, LLAMA, GRANITE, UNKNOWN, PLAIN);

    private Answers() {}

    private static ToolCallFormat format(String source) {
        return ToolCallFormat.detect(ChatTemplate.compile("{# " + source + " #}" + "{{ tools }}", null, null));
    }

    static List<String> parse(ToolCallFormat format, String... deltas) {
        return parse(format.parser(true, "", new SplittableRandom(1)), deltas);
    }

    static List<String> parse(ToolCallFormat format, List<Map<String, Object>> tools, String... deltas) {
        return parse(format.parser(tools, "", new SplittableRandom(1)), deltas);
    }

    /**
     * The parts in short: text as it is, {@code think:} before reasoning, and {@code name(arguments)}; neighbours
     * joined.
     */
    static List<String> parse(AnswerParser parser, String... deltas) {
        List<AnswerPart> parts = new ArrayList<>();
        for (String delta : deltas) {
            parts.addAll(parser.accept(delta));
        }
        parts.addAll(parser.finish());
        List<String> shown = new ArrayList<>();
        AnswerPart last = null;
        for (AnswerPart part : parts) {
            String text = show(part);
            boolean joins =
                    last != null && last.getClass() == part.getClass() && !(part instanceof AnswerPart.ToolCall);
            if (joins) {
                shown.add(shown.removeLast() + (part instanceof AnswerPart.Reasoning r ? r.text() : text));
            } else {
                shown.add(text);
            }
            last = part;
        }
        return shown;
    }

    private static String show(AnswerPart part) {
        return switch (part) {
            case AnswerPart.Text text -> text.text();
            case AnswerPart.Reasoning reasoning -> "think:" + reasoning.text();
            case AnswerPart.ToolCall call -> call.index() + ":" + call.name() + "(" + call.argumentsJson() + ")";
        };
    }
}

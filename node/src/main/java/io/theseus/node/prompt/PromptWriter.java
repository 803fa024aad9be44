package io.theseus.node.prompt;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.template.ChatInput;
import io.theseus.engine.template.ChatMessages;
import io.theseus.engine.template.ChatTemplate;
import io.theseus.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes the prompts of one model: renders its chat template and makes tokens of the text, such that control tokens come from the
 * template alone and never from what somebody wrote. Immutable; safe for use by many threads.
 */
public final class PromptWriter {
    /*
     * A rendered prompt is one string: it does not say which "<|im_end|>" the template wrote and which a user did. So:
     *
     * 1. Render. If no string of the request holds the beginning or the end of a control text, then no control text in the result can
     *    come from the request (nor be put together from its pieces): tokenise the whole with special tokens parsed. This is nearly
     *    every request, and by construction gives the ids that everybody else gives.
     * 2. Otherwise render again, with a mark (a private-use character found nowhere in the text) inside each such place of the request's
     *    strings. Without the marks, the second text must equal the first: this proves that the template treated the marked strings as
     *    it treated the originals. If it looked into them (some templates split at "</think>"), mark only whole control texts and
     *    check again; if it still differs, refuse the request.
     * 3. In the marked text every unbroken control text is the template's. Stretches between two of them that hold marks are tokenised,
     *    without marks, with special tokens off; everything else as in step 1. Cutting at control tokens is what the tokenizer does
     *    itself, so no merge changes.
     *
     * docs/decisions/ has the alternatives.
     */

    /** Private use, by common consent without meaning. */
    private static final char FIRST_MARK = '\uE0F0';

    private static final char LAST_MARK = '\uF8FF';

    private final ChatTemplate template;
    private final Tokenizer tokenizer;
    private final ControlTexts control;

    /** Looks through the vocabulary once; keep the writer for as long as the model. */
    public PromptWriter(ChatTemplate template, Tokenizer tokenizer) {
        this.template = template;
        this.tokenizer = tokenizer;
        this.control = new ControlTexts(tokenizer);
    }

    /**
     * The prompt of a conversation. Messages may be as API clients send them ({@link ChatMessages#normalize}).
     *
     * @throws TheseusException {@code BAD_INPUT} if the template refuses the conversation, or cannot keep apart from its own words what
     *     the conversation says
     */
    public Prompt write(ChatInput asked) {
        // First of all, since JSON text of earlier tool calls may spell control texts with escapes.
        ChatInput input = withMessages(asked, ChatMessages.normalize(template, asked.messages()));
        String text = template.render(input);
        StringBuilder written = new StringBuilder();
        boolean[] suspect = {false};
        strings(input, string -> {
            suspect[0] |= control.suspects(string);
            written.append(string);
            return string;
        });
        if (!suspect[0]) {
            return new Prompt(text, Bos.prepend(tokenizer.encode(text, true), tokenizer));
        }
        char mark = freeMark(text, written);
        String marked = template.render(strings(input, string -> control.breakAll(string, mark)));
        if (!strip(marked, mark).equals(text)) {
            marked = template.render(strings(input, string -> control.breakWhole(string, mark)));
        }
        if (!strip(marked, mark).equals(text)) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "a message contains the text of one of the model's control tokens in a place that its chat template"
                            + " interprets; remove it from the message");
        }
        return new Prompt(text, Bos.prepend(encodeMarked(marked, mark), tokenizer));
    }

    private static ChatInput withMessages(ChatInput input, List<Map<String, Object>> messages) {
        return new ChatInput(
                messages,
                input.tools(),
                input.variables(),
                input.addGenerationPrompt(),
                input.continueFinalMessage(),
                input.now());
    }

    /** The input with every string that somebody wrote changed; roles are words of the API, checked before. */
    private static ChatInput strings(ChatInput input, UnaryOperator<String> change) {
        List<Map<String, Object>> messages = new ArrayList<>(input.messages().size());
        for (Map<String, Object> message : input.messages()) {
            Map<String, Object> copy = new LinkedHashMap<>();
            message.forEach((key, value) -> copy.put(key, key.equals("role") ? value : changed(value, change)));
            messages.add(copy);
        }
        List<Map<String, Object>> tools = new ArrayList<>(input.tools().size());
        for (Map<String, Object> tool : input.tools()) {
            tools.add(changedMap(tool, change));
        }
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        input.variables().forEach((key, value) -> variables.put(key, value == null ? null : changed(value, change)));
        return new ChatInput(
                messages, tools, variables, input.addGenerationPrompt(), input.continueFinalMessage(), input.now());
    }

    private static Object changed(Object value, UnaryOperator<String> change) {
        return switch (value) {
            case String string -> change.apply(string);
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                list.forEach(element -> copy.add(element == null ? null : changed(element, change)));
                yield copy;
            }
            case Map<?, ?> map -> changedMap(map, change);
            case Object other -> other;
        };
    }

    private static Map<String, Object> changedMap(Map<?, ?> map, UnaryOperator<String> change) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) ->
                copy.put(change.apply(String.valueOf(key)), value == null ? null : changed(value, change)));
        return copy;
    }

    private static char freeMark(String text, CharSequence written) {
        for (char mark = FIRST_MARK; mark <= LAST_MARK; mark++) {
            if (text.indexOf(mark) < 0 && written.chars().noneMatch(new Same(mark)::test)) {
                return mark;
            }
        }
        throw new TheseusException(ErrorCode.BAD_INPUT, "the messages use every private-use character; remove some");
    }

    private record Same(char mark) {
        boolean test(int c) {
            return c == mark;
        }
    }

    private static String strip(String text, char mark) {
        return text.replace(String.valueOf(mark), "");
    }

    private int[] encodeMarked(String marked, char mark) {
        List<int[]> pieces = new ArrayList<>();
        // [cleanFrom, from) is clean, [from, i) is the stretch since the last control text.
        int cleanFrom = 0;
        int from = 0;
        int i = 0;
        while (i <= marked.length()) {
            int length = i < marked.length() ? control.lengthAt(marked, i) : 0;
            boolean end = i == marked.length();
            if (length == 0 && !end) {
                i++;
                continue;
            }
            String stretch = marked.substring(from, i);
            if (stretch.indexOf(mark) >= 0) {
                pieces.add(tokenizer.encode(marked.substring(cleanFrom, from), true));
                pieces.add(tokenizer.encode(strip(stretch, mark), false));
                cleanFrom = i;
            }
            i += Math.max(1, length);
            from = i;
        }
        pieces.add(tokenizer.encode(marked.substring(cleanFrom), true));
        return pieces.stream().flatMapToInt(Arrays::stream).toArray();
    }
}

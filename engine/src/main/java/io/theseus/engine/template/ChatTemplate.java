package io.theseus.engine.template;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model's chat template, compiled once; renders conversations to the text the model was trained on. Immutable; safe
 * for use by many threads.
 */
public final class ChatTemplate {
    /*
     * The template becomes a tree of nodes that evaluate themselves. It is a program written by a stranger, so every
     * rendering runs under the bounds of Work. What it sees are plain values; the only thing it can change is its own
     * namespaces.
     *
     * Sources: [1] jinja2 3.1.6, https://jinja.palletsprojects.com/en/stable/templates/
     *          [2] transformers, utils/chat_template_utils.py: the environment that templates are written for
     *              (sandbox, trim_blocks, lstrip_blocks, loop controls, tojson, raise_exception, strftime_now) and
     *              what happens to messages before
     */
    private static final String CONTINUATION = "CONTINUE_FINAL_MESSAGE_TAG ";

    private final String source;
    private final List<Statement> body;
    private final References references;
    private final Map<String, String> specialTokens;
    private final @Nullable ChatTemplate withTools;
    private volatile @Nullable Capabilities probed;

    /** What rendering a short conversation shows about a template. */
    private record Capabilities(boolean system, boolean partsOnly) {}

    private ChatTemplate(String source, Map<String, String> specialTokens, @Nullable ChatTemplate withTools) {
        this.source = source;
        this.references = new References();
        this.body = TemplateParser.parse(source, references);
        this.specialTokens = specialTokens;
        this.withTools = withTools;
    }

    /**
     * Compiles a template.
     *
     * @param bosToken the template's {@code bos_token}; null = undefined
     * @param eosToken the template's {@code eos_token}; null = undefined
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} naming the construct and its line if this evaluator
     *     does not know it, {@link ErrorCode#MODEL_INVALID} if the text is not a Jinja template
     */
    public static ChatTemplate compile(String source, @Nullable String bosToken, @Nullable String eosToken) {
        Map<String, String> tokens = new LinkedHashMap<>();
        if (bosToken != null) {
            tokens.put("bos_token", bosToken);
        }
        if (eosToken != null) {
            tokens.put("eos_token", eosToken);
        }
        return new ChatTemplate(source, tokens, null);
    }

    /**
     * The template a model file carries, or empty if it has none. A file may carry another one for conversations with
     * tools.
     *
     * @throws TheseusException as {@link #compile}
     */
    public static Optional<ChatTemplate> from(GgufMetadata metadata) {
        Map<String, String> tokens = new LinkedHashMap<>();
        List<String> texts = metadata.strings("tokenizer.ggml.tokens").orElse(List.of());
        String[][] names = {
            {"bos_token", "bos"}, {"eos_token", "eos"}, {"unk_token", "unknown"}, {"pad_token", "padding"}
        };
        for (String[] name : names) {
            long id =
                    metadata.integer("tokenizer.ggml." + name[1] + "_token_id").orElse(-1);
            if (id >= 0 && id < texts.size()) {
                tokens.put(name[0], texts.get((int) id));
            }
        }
        Optional<ChatTemplate> withTools =
                metadata.string("tokenizer.chat_template.tool_use").map(text -> new ChatTemplate(text, tokens, null));
        return metadata.string("tokenizer.chat_template")
                .or(() -> metadata.string("tokenizer.chat_template.default"))
                .map(text -> new ChatTemplate(text, tokens, withTools.orElse(null)));
    }

    /**
     * The prompt text of a conversation.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT}: with exactly the template's own words where it refuses the
     *     conversation, else with the Python-like error and its line
     */
    public String render(ChatInput input) {
        if (withTools != null && !input.tools().isEmpty()) {
            return withTools.render(input);
        }
        Work work = new Work();
        try {
            return render(input, work);
        } catch (TemplateFault fault) {
            throw new TheseusException(ErrorCode.BAD_INPUT, describe(fault, work.line()), fault);
        } catch (StackOverflowError tooDeep) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "chat template, line " + work.line() + ": it nests too deeply for this thread's stack",
                    tooDeep);
        }
    }

    /** Whether the template shows tool definitions to the model. */
    public boolean acceptsTools() {
        return withTools != null || references.reads("tools");
    }

    /** Whether the template shows a first message with role {@code system} to the model. */
    public boolean acceptsSystem() {
        return capabilities().system;
    }

    /** The text of the template that is used when there are tools; often the only one. */
    public String source() {
        return withTools == null ? source : withTools.source;
    }

    /** Whether the template shows content only where it is a list of parts, not a text. */
    boolean needsContentParts() {
        return capabilities().partsOnly;
    }

    private String render(ChatInput input, Work work) {
        Frame frame = new Frame(new Frame.Shared(work, input.now()));
        specialTokens.forEach(frame::set);
        frame.set("documents", None.NONE);
        input.variables().forEach((name, value) -> frame.set(name, Values.of(value, work)));
        List<Object> messages = new ArrayList<>();
        for (Map<String, Object> message : input.messages()) {
            messages.add(withReasoningAliases((Dict) Values.of(message, work)));
        }
        String continued = input.continueFinalMessage() ? markContinuation(messages) : null;
        frame.set("messages", messages);
        frame.set("tools", input.tools().isEmpty() ? None.NONE : Values.of(input.tools(), work));
        frame.set("add_generation_prompt", input.addGenerationPrompt());
        StringBuilder out = new StringBuilder();
        Statement.runAll(body, frame, out);
        return continued == null ? out.toString() : cutAtContinuation(out.toString(), continued);
    }

    /** Templates read a message's reasoning under one of three names; it is copied to those that matter [2]. */
    private static Dict withReasoningAliases(Dict message) {
        for (String name : List.of("reasoning_content", "thinking", "reasoning")) {
            Object reasoning = message.get(name);
            if (reasoning != null && reasoning != None.NONE) {
                Dict aliased = new Dict(message.size() + 2);
                aliased.put("thinking", reasoning);
                aliased.putAll(message);
                aliased.put("reasoning_content", reasoning);
                return aliased;
            }
        }
        return message;
    }

    /** Marks the end of the last message's content and returns that content. */
    private String markContinuation(List<Object> messages) {
        if (messages.isEmpty() || !(messages.getLast() instanceof Dict last)) {
            throw TemplateFault.value("continue_final_message is set but the conversation is empty!");
        }
        if (!source.contains("content")) {
            throw TemplateFault.value("continue_final_message is set but the template does not show \"content\"");
        }
        Object content = last.get("content");
        Dict marked = new Dict(last);
        messages.set(messages.size() - 1, marked);
        if (content instanceof String text) {
            marked.put("content", text + CONTINUATION);
            return text;
        }
        if (content instanceof List<?> parts) {
            List<Object> markedParts = new ArrayList<>(parts);
            for (int i = parts.size() - 1; i >= 0; i--) {
                if (parts.get(i) instanceof Dict part && part.get("text") instanceof String text) {
                    Dict markedPart = new Dict(part);
                    markedPart.put("text", text + CONTINUATION);
                    markedParts.set(i, markedPart);
                    marked.put("content", markedParts);
                    return text;
                }
            }
        }
        throw TemplateFault.value("continue_final_message is set but the final message has no text to continue");
    }

    private static String cutAtContinuation(String rendered, String content) {
        int mark = rendered.lastIndexOf(CodePoints.strip(CONTINUATION));
        if (mark < 0 || !rendered.contains(CodePoints.strip(content))) {
            throw TemplateFault.value(
                    "continue_final_message is set but the final message does not appear in the chat after"
                            + " applying the chat template; this template cannot continue a message");
        }
        // Where the template trims the content, the space after the mark is gone, and so are those before it.
        String before = rendered.substring(0, mark);
        return rendered.startsWith(CONTINUATION, mark) ? before : CodePoints.stripRight(before);
    }

    private Capabilities capabilities() {
        Capabilities known = probed;
        if (known == null) {
            String mark = "theseus probe";
            Map<String, Object> user = Map.of("role", "user", "content", mark);
            boolean texts = shows(mark, user);
            boolean parts = !texts
                    && shows(mark, Map.of("role", "user", "content", List.of(Map.of("type", "text", "text", mark))));
            Map<String, Object> system = Map.of(
                    "role",
                    "system",
                    "content",
                    parts ? List.of(Map.of("type", "text", "text", "system " + mark)) : "system " + mark);
            known = new Capabilities(shows("system " + mark, system, user), parts);
            probed = known;
        }
        return known;
    }

    /** Whether {@code mark} appears in the prompt; some templates work only with tools. */
    @SafeVarargs
    private boolean shows(String mark, Map<String, Object>... messages) {
        Map<String, Object> tool = Map.of(
                "type",
                "function",
                "function",
                Map.of(
                        "name",
                        "probe",
                        "description",
                        "",
                        "parameters",
                        Map.of("type", "object", "properties", Map.of(), "required", List.of())));
        return shows(mark, List.of(messages), List.of())
                || (acceptsTools() && shows(mark, List.of(messages), List.of(tool)));
    }

    private boolean shows(String mark, List<Map<String, Object>> messages, List<Map<String, Object>> tools) {
        try {
            ChatInput input = new ChatInput(messages, tools, Map.of(), true, false, Instant.EPOCH);
            return render(input, new Work()).contains(mark);
        } catch (TemplateFault | StackOverflowError refused) {
            return false;
        }
    }

    private static String describe(TemplateFault fault, int line) {
        return switch (fault.kind()) {
            case RAISED -> fault.words();
            case LIMIT ->
                "chat template, line " + line + ": " + fault.words()
                        + "; shorten the conversation or use another template";
            default ->
                "chat template, line " + line + ": " + fault.kind().pythonName + ": " + fault.words()
                        + "; the template expects messages of another shape";
        };
    }
}

package io.theseus.node.http;

import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.template.ChatInput;
import io.theseus.engine.template.ChatTemplate;
import io.theseus.engine.tokenizer.Tokenizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The conversation of a chat request, checked.
 *
 * @param messages as templates take them, content still as sent
 * @param tools function definitions that the model is shown; empty = none
 * @param variables further variables of the template
 * @param addGenerationPrompt whether the prompt ends with the start of the assistant's turn
 * @param continueFinalMessage whether the model goes on with the last message
 */
record ChatRequest(
        List<Map<String, Object>> messages,
        List<Map<String, Object>> tools,
        Map<String, @Nullable Object> variables,
        boolean addGenerationPrompt,
        boolean continueFinalMessage) {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");
    private static final int MAX_MESSAGES = 10_000;
    private static final int MAX_TOOLS = 1024;

    static ChatRequest read(Fields fields, ChatTemplate template) {
        boolean continues = fields.flag("continue_final_message", false);
        boolean adds = fields.flag("add_generation_prompt", !continues);
        if (continues && adds) {
            throw ApiError.invalid(
                    "continue_final_message",
                    "continue_final_message and add_generation_prompt cannot both be true; the answer either goes on with"
                            + " the last message or begins a new one.");
        }
        refuseOtherModalities(fields);
        List<Map<String, Object>> tools = readTools(fields);
        boolean used = toolsWanted(fields);
        if (used && !tools.isEmpty() && !template.acceptsTools()) {
            throw ApiError.unsupported(
                    "tools",
                    "This model's chat template has no place for tools; leave tools out, or use another model.");
        }
        return new ChatRequest(
                readMessages(fields), used ? tools : List.of(), readVariables(fields, template), adds, continues);
    }

    private static void refuseOtherModalities(Fields fields) {
        for (JsonNode modality : fields.array("modalities", 16).orElse(List.of())) {
            if (!modality.asString("").equals("text")) {
                throw ApiError.unsupported("modalities", "This node answers with text only.");
            }
        }
    }

    private static List<Map<String, Object>> readMessages(Fields fields) {
        List<JsonNode> nodes = fields.requireArray("messages", MAX_MESSAGES);
        if (nodes.isEmpty()) {
            throw ApiError.invalid("messages", "messages is empty; it needs at least one message.");
        }
        List<Map<String, Object>> messages = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            messages.add(readMessage(nodes.get(i), "messages[" + i + "]"));
        }
        return messages;
    }

    private static Map<String, Object> readMessage(JsonNode node, String path) {
        if (!node.isObject()) {
            throw Fields.wrongTypeAt(path, "an object", node);
        }
        Fields message = new Fields(node, path + ".");
        String role = message.requireString("role");
        if (!ROLES.contains(role)) {
            throw ApiError.invalid(
                    message.path("role"),
                    message.path("role") + " is \"" + role
                            + "\", expected system, developer, user, assistant or tool.");
        }
        message.string("name");
        message.string("tool_call_id");
        boolean calls = checkToolCalls(message);
        checkContent(message, role.equals("assistant") || calls);
        Map<String, Object> map = new LinkedHashMap<>();
        Json.map(node).forEach((key, value) -> {
            if (value != null) {
                map.put(key, value);
            }
        });
        return map;
    }

    private static void checkContent(Fields message, boolean optional) {
        JsonNode content = message.value("content").orElse(null);
        if (content == null) {
            if (!optional) {
                throw message.missing("content");
            }
            return;
        }
        if (content.isString()) {
            return;
        }
        if (!content.isArray()) {
            throw message.wrongType("content", "a string or an array of parts", content);
        }
        for (int i = 0; i < content.size(); i++) {
            String path = message.path("content") + "[" + i + "]";
            if (!content.get(i).isObject()) {
                throw Fields.wrongTypeAt(path, "an object", content.get(i));
            }
            Fields part = new Fields(content.get(i), path + ".");
            String type = part.requireString("type");
            if (!type.equals("text")) {
                throw ApiError.unsupported(
                        part.path("type"),
                        "A content part of type \"" + type + "\" is not supported; this node reads text only.");
            }
            part.requireString("text");
        }
    }

    private static boolean checkToolCalls(Fields message) {
        List<JsonNode> calls = message.array("tool_calls", MAX_TOOLS).orElse(List.of());
        for (int i = 0; i < calls.size(); i++) {
            String path = message.path("tool_calls") + "[" + i + "]";
            if (!calls.get(i).isObject()) {
                throw Fields.wrongTypeAt(path, "an object", calls.get(i));
            }
            Fields call = new Fields(calls.get(i), path + ".");
            call.string("id");
            Fields function = call.requireObject("function");
            function.requireString("name");
            function.value("arguments").ifPresent(arguments -> {
                if (!arguments.isString() && !arguments.isObject()) {
                    throw function.wrongType("arguments", "a string of JSON", arguments);
                }
            });
        }
        return !calls.isEmpty();
    }

    private static List<Map<String, Object>> readTools(Fields fields) {
        List<JsonNode> nodes = fields.array("tools", MAX_TOOLS).orElse(List.of());
        List<Map<String, Object>> tools = new ArrayList<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            String path = "tools[" + i + "]";
            if (!nodes.get(i).isObject()) {
                throw Fields.wrongTypeAt(path, "an object", nodes.get(i));
            }
            Fields tool = new Fields(nodes.get(i), path + ".");
            String type = tool.string("type").orElse("function");
            if (!type.equals("function")) {
                throw ApiError.unsupported(
                        tool.path("type"), "A tool of type \"" + type + "\" is not supported, only functions are.");
            }
            Fields function = tool.requireObject("function");
            function.requireString("name");
            function.object("parameters");
            tools.add(withoutNulls(Json.map(nodes.get(i))));
        }
        return tools;
    }

    private static Map<String, Object> withoutNulls(Map<String, @Nullable Object> map) {
        Map<String, Object> out = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                out.put(key, value);
            }
        });
        return out;
    }

    /** Whether the model is to see the tools at all. */
    private static boolean toolsWanted(Fields fields) {
        JsonNode choice = fields.value("tool_choice").orElse(null);
        if (choice == null) {
            return true;
        }
        if (choice.isString() && choice.stringValue().equals("auto")) {
            return true;
        }
        if (choice.isString() && choice.stringValue().equals("none")) {
            return false;
        }
        throw ApiError.unsupported(
                "tool_choice",
                "tool_choice can be \"none\" or \"auto\"; this node cannot yet force a model to call a function.");
    }

    private static Map<String, @Nullable Object> readVariables(Fields fields, ChatTemplate template) {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        fields.string("reasoning_effort")
                .filter(effort -> template.source().contains("reasoning_effort"))
                .ifPresent(effort -> variables.put("reasoning_effort", effort));
        fields.object("chat_template_kwargs").ifPresent(kwargs -> variables.putAll(Json.map(kwargs.node())));
        for (String reserved : List.of("messages", "tools", "add_generation_prompt", "bos_token", "eos_token")) {
            if (variables.containsKey(reserved)) {
                throw ApiError.invalid(
                        "chat_template_kwargs." + reserved,
                        "chat_template_kwargs cannot set " + reserved + "; the request has its own place for it.");
            }
        }
        return variables;
    }

    /** What the last user said, as text; empty if nobody did. */
    String question() {
        for (Map<String, Object> message : messages.reversed()) {
            if ("user".equals(message.get("role"))) {
                return text(message.get("content"));
            }
        }
        return "";
    }

    /** This conversation with nothing where the user spoke last, if that is a text the model answers next, without tools. */
    Optional<ChatRequest> frame() {
        Map<String, Object> last = messages.getLast();
        if (!"user".equals(last.get("role"))
                || !(last.get("content") instanceof String)
                || !tools.isEmpty()
                || !addGenerationPrompt
                || continueFinalMessage) {
            return Optional.empty();
        }
        List<Map<String, Object>> framed = new ArrayList<>(messages);
        Map<String, Object> silent = new LinkedHashMap<>(last);
        silent.put("content", "");
        framed.set(framed.size() - 1, silent);
        return Optional.of(new ChatRequest(framed, tools, variables, addGenerationPrompt, continueFinalMessage));
    }

    private static String text(@Nullable Object content) {
        StringBuilder text = new StringBuilder();
        if (content instanceof String whole) {
            text.append(whole);
        } else if (content instanceof List<?> parts) {
            for (Object part : parts) {
                if (part instanceof Map<?, ?> map && map.get("text") instanceof String piece) {
                    text.append(text.isEmpty() ? "" : "\n").append(piece);
                }
            }
        }
        return text.toString();
    }

    ChatInput input(Instant now) {
        return new ChatInput(messages, tools, variables, addGenerationPrompt, continueFinalMessage, now);
    }

    /** {@code logprobs: true} and {@code top_logprobs} as one number: -1 = none. */
    static int readLogprobs(Fields fields) {
        boolean wanted = fields.flag("logprobs", false);
        OptionalInt top = fields.integer("top_logprobs", 0, SamplingParameters.MAX_TOP_LOGPROBS);
        if (top.isPresent() && !wanted) {
            throw ApiError.invalid("top_logprobs", "top_logprobs needs logprobs to be true.");
        }
        return wanted ? top.orElse(0) : -1;
    }

    /** All of an answer's options, for chat. */
    static AnswerOptions readOptions(Fields fields, Tokenizer tokenizer, Ids ids) {
        return AnswerOptions.read(fields, tokenizer, readLogprobs(fields), ids);
    }
}

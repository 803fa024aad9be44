package io.theseus.engine.toolcall;

import io.theseus.engine.template.ChatTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How a model family writes tool calls and reasoning into its answers.
 *
 * <p>Source: the chat templates of the families, which show earlier calls in the form the model is to write them in.
 */
public final class ToolCallFormat {
    /*
     * Known forms:
     *   <tool_call>{"name": n, "arguments": {}}</tool_call>                       Hermes, Qwen 2.5 and 3, SmolLM3,
     *   Granite 4 <tool_call><function=n><parameter=k>v</parameter></function></tool_call>  Qwen3-Coder
     *   <tool_call>n <arg_key>k</arg_key><arg_value>v</arg_value></tool_call>     GLM 4
     *   [TOOL_CALLS][{"name": n, "arguments": {}}]                                Mistral to Nemo
     *   [TOOL_CALLS]n[ARGS]{}                                                     Mistral since Small 3.2
     *   <|tool_call|>[{"name": n, "arguments": {}}]                               Granite 3
     *   <|python_tag|>{"name": n, "parameters": {}} or the object alone           Llama 3.x
     */
    static final Marker TAGGED = new Marker("<tool_call>", "</tool_call>", false);
    private static final Marker MISTRAL = new Marker("[TOOL_CALLS]", "", true);
    private static final Marker GRANITE = new Marker("<|tool_call|>", "", true);
    private static final Marker PYTHON_TAG = new Marker("<|python_tag|>", "", true);

    private final List<Marker> markers;
    private final boolean bareObjects;
    private final boolean reasons;

    private ToolCallFormat(List<Marker> markers, boolean bareObjects, boolean reasons) {
        this.markers = List.copyOf(markers);
        this.bareObjects = bareObjects;
        this.reasons = reasons;
    }

    /**
     * What announces a call.
     *
     * @param close ends the call; empty = the call's own JSON does
     * @param control whether the text is that of a control token, which an engine usually hides
     */
    record Marker(String open, String close, boolean control) {}

    /**
     * The format that the template's own text shows; a template with tools but no known form gets those without
     * control tokens.
     */
    public static ToolCallFormat detect(ChatTemplate template) {
        String source = template.source();
        List<Marker> markers = new ArrayList<>();
        for (Marker marker : List.of(TAGGED, MISTRAL, GRANITE, PYTHON_TAG)) {
            if (source.contains(marker.open())) {
                markers.add(marker);
            }
        }
        boolean bare = markers.contains(PYTHON_TAG) || source.contains("\"parameters\": ") && !markers.contains(TAGGED);
        if (markers.isEmpty() && template.acceptsTools()) {
            markers.add(TAGGED);
            bare = true;
        }
        return new ToolCallFormat(markers, bare, source.contains("</think>"));
    }

    /**
     * A parser for one answer, which takes any value of an argument written without JSON for what it looks like.
     *
     * @param toolsGiven whether the request had tools; if not, nothing is taken for a tool call
     * @param prompt the rendered prompt, whose end tells whether the answer begins inside the reasoning
     * @param ids where the ids of calls come from
     */
    public AnswerParser parser(boolean toolsGiven, String prompt, RandomGenerator ids) {
        return parser(toolsGiven, new ArgumentTypes(List.of()), prompt, ids);
    }

    /**
     * A parser for one answer.
     *
     * @param tools the request's function definitions in OpenAI's shape, whose parameter types decide how values
     *     written without JSON are read; empty = nothing is taken for a tool call
     * @param prompt the rendered prompt, whose end tells whether the answer begins inside the reasoning
     * @param ids where the ids of calls come from
     */
    public AnswerParser parser(List<Map<String, Object>> tools, String prompt, RandomGenerator ids) {
        return parser(!tools.isEmpty(), new ArgumentTypes(tools), prompt, ids);
    }

    private AnswerParser parser(boolean toolsGiven, ArgumentTypes types, String prompt, RandomGenerator ids) {
        CallIds callIds = new CallIds(ids, markers.contains(MISTRAL));
        CallSplitter calls = toolsGiven
                ? new CallSplitter(markers, bareObjects, types, callIds)
                : new CallSplitter(List.of(), false, types, callIds);
        return new StreamingAnswerParser(new ReasoningSplitter(reasons, prompt), calls);
    }

    /**
     * Whether calls are marked by control tokens, so that a request with tools must ask the engine for their text
     * ({@code GenerationRequest.echoSpecial}).
     */
    public boolean needsControlTokens() {
        return markers.stream().anyMatch(Marker::control);
    }
}

package io.theseus.engine.toolcall;

/** A piece of an answer, in the order in which the model wrote it. */
public sealed interface AnswerPart {
    /** Text for the user. Never empty. */
    record Text(String text) implements AnswerPart {}

    /** Text of the model's reasoning before its answer. Never empty. */
    record Reasoning(String text) implements AnswerPart {}

    /**
     * A complete call of one function.
     *
     * @param index 0 for the first call of the answer
     * @param id unique within a conversation; what the tool's result refers to
     * @param name of the function
     * @param argumentsJson a JSON object as text
     */
    record ToolCall(int index, String id, String name, String argumentsJson) implements AnswerPart {}
}

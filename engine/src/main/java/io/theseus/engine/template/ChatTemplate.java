package io.theseus.engine.template;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufMetadata;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model's chat template, compiled once; renders conversations to the text the model was trained on. Immutable. */
public final class ChatTemplate {
    private final String source;

    private ChatTemplate(String source) {
        this.source = source;
    }

    /**
     * Compiles a template.
     *
     * @param bosToken the template's {@code bos_token}; null = undefined
     * @param eosToken the template's {@code eos_token}; null = undefined
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} naming the construct and its line if this evaluator does not know it,
     *     {@link ErrorCode#MODEL_INVALID} if the text is not a Jinja template
     */
    public static ChatTemplate compile(String source, @Nullable String bosToken, @Nullable String eosToken) {
        throw new TheseusException(ErrorCode.MODEL_UNSUPPORTED, "chat templates cannot be rendered by this build yet");
    }

    /**
     * The template a model file carries, or empty if it has none.
     *
     * @throws TheseusException as {@link #compile}
     */
    public static Optional<ChatTemplate> from(GgufMetadata metadata) {
        return metadata.string("tokenizer.chat_template").map(text -> compile(text, null, null));
    }

    /**
     * The prompt text of a conversation.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT}: with exactly the template's own words where it refuses the conversation, else
     *     with the Python-like error and its line
     */
    public String render(ChatInput input) {
        throw new TheseusException(ErrorCode.MODEL_UNSUPPORTED, "chat templates cannot be rendered by this build yet");
    }

    /** Whether the template shows tool definitions to the model. */
    public boolean acceptsTools() {
        return source.contains("tools");
    }

    /** Whether the template accepts a first message with role {@code system}. */
    public boolean acceptsSystem() {
        return source.contains("system");
    }

    /** The template's text. */
    public String source() {
        return source;
    }
}

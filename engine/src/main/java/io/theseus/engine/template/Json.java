package io.theseus.engine.template;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import org.jspecify.annotations.Nullable;

/**
 * JSON as templates and tool calls need it. Read values are {@code LinkedHashMap<String, Object>}, {@code
 * ArrayList<Object>}, String, Long (BigInteger beyond its range), Double, Boolean and null.
 */
public final class Json {
    private Json() {}

    /** What stands at a place in a text. */
    public sealed interface Prefix {
        /** A complete value that ends before {@code end}. */
        record Complete(@Nullable Object value, int end) implements Prefix {}

        /** The text ends inside a value. */
        record Truncated() implements Prefix {}

        /** Not JSON, at {@code position}. */
        record Malformed(int position, String reason) implements Prefix {}
    }

    /**
     * The value of a whole JSON text.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if it is not JSON, nests too deeply or has something after
     *     the value
     */
    public static @Nullable Object read(String text) {
        Prefix prefix = prefix(text, 0);
        return switch (prefix) {
            case Prefix.Complete complete -> {
                int rest = JsonReader.skipSpaces(text, complete.end);
                if (rest < text.length()) {
                    throw bad("unexpected text after the value", rest);
                }
                yield complete.value;
            }
            case Prefix.Truncated truncated -> throw bad("the text ends inside a value", text.length());
            case Prefix.Malformed malformed -> throw bad(malformed.reason, malformed.position);
        };
    }

    /** The JSON value that begins at {@code from}, spaces before it skipped; what follows it does not matter. */
    public static Prefix prefix(String text, int from) {
        return new JsonReader(text, from).read();
    }

    /**
     * {@code value} on one line, with Python's separators ({@code ", "} and {@code ": "}) and notation of numbers.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} for a value that JSON does not have
     */
    public static String write(@Nullable Object value) {
        Work work = new Work();
        try {
            return JsonText.write(Values.of(value, work), JsonText.Style.PLAIN, work);
        } catch (TemplateFault fault) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "cannot write JSON: " + fault.words(), fault);
        }
    }

    private static TheseusException bad(String reason, int position) {
        return new TheseusException(
                ErrorCode.BAD_INPUT, "not JSON at character " + position + ": " + reason + "; correct the text");
    }
}

package io.theseus.engine.toolcall;

import io.theseus.engine.template.Json;
import io.theseus.engine.toolcall.ToolCallFormat.Marker;
import java.util.List;
import java.util.Set;

/** Reads what follows one marker. What it decides about a text does not change when more text arrives. */
final class CallReader {
    /** Names an object that is a call may begin with. */
    private static final Set<String> FIRST_NAMES = Set.of("name", "type", "function", "parameters", "arguments", "id");

    /** What the text after the marker is. */
    sealed interface Outcome {
        record NeedMore() implements Outcome {}

        /** Calls that end before {@code end}. */
        record Calls(List<Call> calls, int end) implements Outcome {}

        record NotACall() implements Outcome {}
    }

    record Call(String name, String argumentsJson) {}

    private static final Outcome NEED_MORE = new Outcome.NeedMore();
    private static final Outcome NOT_A_CALL = new Outcome.NotACall();

    private final Marker marker;
    /** How far the text has been scanned, so that each character is looked at once. */
    private int scanned = -1;

    private int jsonStart = -1;
    private int depth;
    private boolean inString;
    private boolean escaped;

    CallReader(Marker marker) {
        this.marker = marker;
    }

    /**
     * Looks at {@code text} from {@code body} on.
     *
     * @param ended whether no more text will come
     */
    Outcome read(StringBuilder text, int body, boolean ended, ArgumentTypes types) {
        int start = Held.leadingSpace(text, body);
        if (start == text.length()) {
            return undecided(ended);
        }
        char first = text.charAt(start);
        if (first == '{' || first == '[') {
            if (marker.open().isEmpty() && !mayBeCall(text, start)) {
                return NOT_A_CALL;
            }
            return json(text, start, "", ended);
        }
        if (marker.close().isEmpty()) {
            return named(text, start, ended);
        }
        return tagged(text, start, ended, types);
    }

    private static Outcome undecided(boolean ended) {
        return ended ? NOT_A_CALL : NEED_MORE;
    }

    /** Whether the object's first name, as far as it is there, is one that calls begin with. */
    private static boolean mayBeCall(StringBuilder text, int start) {
        int quote = Held.leadingSpace(text, start + 1);
        if (quote == text.length()) {
            return true;
        }
        if (text.charAt(quote) != '"') {
            return false;
        }
        int end = text.indexOf("\"", quote + 1);
        if (end >= 0) {
            return FIRST_NAMES.contains(text.substring(quote + 1, end));
        }
        String partial = text.substring(quote + 1);
        return FIRST_NAMES.stream().anyMatch(name -> name.startsWith(partial));
    }

    /** A JSON value at {@code start}: calls, or the arguments of {@code name} if it is not empty. */
    private Outcome json(StringBuilder text, int start, String name, boolean ended) {
        if (jsonStart < 0) {
            jsonStart = start;
            scanned = start;
        }
        while (scanned < text.length() && (depth > 0 || scanned == jsonStart)) {
            step(text.charAt(scanned++));
        }
        if (depth > 0) {
            return undecided(ended);
        }
        int end = scanned;
        Json.Prefix prefix = Json.prefix(text.substring(start, end), 0);
        if (!(prefix instanceof Json.Prefix.Complete complete)) {
            return NOT_A_CALL;
        }
        List<Call> calls = name.isEmpty()
                ? CallDecoder.calls(complete.value(), marker.open().isEmpty())
                : CallDecoder.named(name, complete.value());
        return calls.isEmpty() ? NOT_A_CALL : closed(text, calls, end, ended);
    }

    private void step(char c) {
        if (inString) {
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }

    /** Models forget the closing tag, or write a brace too many before it; the call is good all the same. */
    private Outcome closed(StringBuilder text, List<Call> calls, int end, boolean ended) {
        if (marker.close().isEmpty()) {
            return new Outcome.Calls(calls, end);
        }
        int i = Held.leadingSpace(text, end);
        if (i < text.length() && text.charAt(i) == '}') {
            i = Held.leadingSpace(text, i + 1);
        }
        String rest =
                text.substring(i, Math.min(text.length(), i + marker.close().length()));
        if (rest.equals(marker.close())) {
            return new Outcome.Calls(calls, i + rest.length());
        }
        if (!marker.close().startsWith(rest)) {
            return new Outcome.Calls(calls, end);
        }
        return ended ? new Outcome.Calls(calls, text.length()) : NEED_MORE;
    }

    /** {@code name[ARGS]{...}}, with a call's id between them in some versions, or the name right before the object. */
    private Outcome named(StringBuilder text, int start, boolean ended) {
        int end = start;
        while (end < text.length() && isNameCharacter(text.charAt(end))) {
            end++;
        }
        if (end == text.length()) {
            return undecided(ended);
        }
        if (end == start) {
            return NOT_A_CALL;
        }
        int arguments = end;
        if (text.charAt(end) == '[') {
            String rest = text.substring(end, Math.min(text.length(), end + "[CALL_ID]".length()));
            boolean possible = "[ARGS]".startsWith(rest) || rest.startsWith("[ARGS]") || "[CALL_ID]".startsWith(rest);
            int args = text.indexOf("[ARGS]", end);
            if (!possible || (args < 0 && text.length() - end > 64)) {
                return NOT_A_CALL;
            }
            if (args < 0) {
                return undecided(ended);
            }
            arguments = args + "[ARGS]".length();
        }
        int object = Held.leadingSpace(text, arguments);
        if (object == text.length()) {
            return undecided(ended);
        }
        return text.charAt(object) == '{' ? json(text, object, text.substring(start, end), ended) : NOT_A_CALL;
    }

    private static boolean isNameCharacter(char c) {
        return c == '_' || c == '-' || c == '.' || (c < 128 && Character.isLetterOrDigit(c));
    }

    /** Tags instead of JSON, up to the closing tag. */
    private Outcome tagged(StringBuilder text, int start, boolean ended, ArgumentTypes types) {
        if (text.charAt(start) != '<' && !isNameCharacter(text.charAt(start))) {
            return NOT_A_CALL;
        }
        int close = text.indexOf(marker.close(), Math.max(start, scanned));
        if (close < 0) {
            scanned = Math.max(start, text.length() - marker.close().length());
            return undecided(ended);
        }
        List<Call> calls = CallDecoder.tagged(text.substring(start, close), types);
        return calls.isEmpty()
                ? NOT_A_CALL
                : new Outcome.Calls(calls, close + marker.close().length());
    }
}

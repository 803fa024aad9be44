package io.theseus.engine.toolcall;

import io.theseus.engine.toolcall.ToolCallFormat.Marker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes tool calls out of streaming text. Text is passed on as soon as no marker can begin in it; from a marker on it
 * is held until it is a whole call or certainly none. White space next to calls is dropped.
 */
final class CallSplitter {
    /** A call that is an object at the start of the answer, without any marker. */
    private static final Marker BARE = new Marker("", "", false);

    private final List<Marker> markers;
    private final List<String> opens;
    private final boolean bareObjects;
    private final ArgumentTypes types;
    private final CallIds ids;
    private final StringBuilder pending = new StringBuilder();
    private @Nullable Marker inside;
    private CallReader reader = new CallReader(BARE);
    /** Where the marker stands; what comes before it is white space. */
    private int begins;

    private boolean atStart = true;
    private boolean afterCall;
    private int calls;

    CallSplitter(List<Marker> markers, boolean bareObjects, ArgumentTypes types, CallIds ids) {
        this.markers = markers;
        this.opens = markers.stream().map(Marker::open).toList();
        this.bareObjects = bareObjects;
        this.types = types;
        this.ids = ids;
    }

    void accept(String text, List<AnswerPart> parts) {
        pending.append(text);
        run(false, parts);
    }

    void finish(List<AnswerPart> parts) {
        run(true, parts);
        speak(pending.length(), parts);
    }

    private void run(boolean ended, List<AnswerPart> parts) {
        boolean moved = true;
        while (moved && !pending.isEmpty()) {
            moved = inside == null ? text(ended, parts) : call(inside, ended, parts);
        }
    }

    /**
     * Whether a call begins and the next step can go on with it. {@code pending} then begins with the white space
     * before it.
     */
    private boolean text(boolean ended, List<AnswerPart> parts) {
        if (afterCall) {
            pending.delete(0, Held.leadingSpace(pending, 0));
            afterCall = pending.isEmpty();
            if (afterCall) {
                return false;
            }
        }
        if (atStart && bareObjects) {
            int first = startOfBare();
            if (first == pending.length() && !ended) {
                return false;
            }
            if (first < pending.length() && pending.charAt(first) == '{') {
                enter(BARE, first);
                return true;
            }
        }
        Marker found = null;
        int at = pending.length();
        for (Marker marker : markers) {
            int place = pending.indexOf(marker.open());
            if (place >= 0 && place < at) {
                at = place;
                found = marker;
            }
        }
        int end = found != null || ended ? at : at - Held.possibleStart(pending, opens);
        if (found == null && ended) {
            speak(end, parts);
            return false;
        }
        int before = pending.length();
        speak(markers.isEmpty() ? end : Held.trailingSpace(pending, end), parts);
        if (found != null) {
            enter(found, at - (before - pending.length()));
        }
        return found != null;
    }

    /** Where an object without marker would begin: after white space and, between calls, semicolons. */
    private int startOfBare() {
        int first = Held.leadingSpace(pending, 0);
        while (calls > 0 && first < pending.length() && pending.charAt(first) == ';') {
            first = Held.leadingSpace(pending, first + 1);
        }
        return first;
    }

    private void enter(Marker marker, int at) {
        inside = marker;
        begins = at;
        reader = new CallReader(marker);
    }

    private boolean call(Marker marker, boolean ended, List<AnswerPart> parts) {
        int body = begins + marker.open().length();
        CallReader.Outcome outcome = reader.read(pending, body, ended, types);
        switch (outcome) {
            case CallReader.Outcome.NeedMore more -> {
                return false;
            }
            case CallReader.Outcome.Calls found -> {
                for (CallReader.Call call : found.calls()) {
                    parts.add(new AnswerPart.ToolCall(calls++, ids.next(), call.name(), call.argumentsJson()));
                }
                pending.delete(0, found.end());
                inside = null;
                atStart = true;
                afterCall = true;
                return true;
            }
            case CallReader.Outcome.NotACall none -> {
                inside = null;
                atStart = false;
                speak(marker == BARE ? begins + 1 : body, parts);
                return true;
            }
        }
    }

    private void speak(int end, List<AnswerPart> parts) {
        if (end > 0) {
            parts.add(new AnswerPart.Text(pending.substring(0, end)));
            pending.delete(0, end);
            atStart = false;
        }
    }
}

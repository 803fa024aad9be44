package io.theseus.engine.toolcall;

import java.util.List;

/**
 * Separates {@code <think>...</think>} at the start of an answer from what follows; white space around both is
 * dropped.
 */
final class ReasoningSplitter {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    private enum State {
        BEFORE,
        INSIDE,
        AFTER,
        ANSWER
    }

    private final StringBuilder pending = new StringBuilder();
    private State state;
    private boolean spoken;

    /**
     * @param reasons whether the model's template knows reasoning at all
     * @param prompt ends with the opening tag where the template writes it for the model
     */
    ReasoningSplitter(boolean reasons, String prompt) {
        state = !reasons ? State.ANSWER : prompt.stripTrailing().endsWith(OPEN) ? State.INSIDE : State.BEFORE;
    }

    /** Adds reasoning to {@code parts} and returns what belongs to the answer. */
    String accept(String delta, List<AnswerPart> parts) {
        pending.append(delta);
        if (state == State.BEFORE) {
            int start = Held.leadingSpace(pending, 0);
            String rest = pending.substring(start);
            if (rest.startsWith(OPEN)) {
                pending.delete(0, start + OPEN.length());
                state = State.INSIDE;
            } else if (!OPEN.startsWith(rest)) {
                state = State.ANSWER;
            }
        }
        if (state == State.INSIDE) {
            inside(parts);
        }
        if (state == State.AFTER) {
            int start = Held.leadingSpace(pending, 0);
            pending.delete(0, start);
            state = pending.isEmpty() ? State.AFTER : State.ANSWER;
        }
        return state == State.ANSWER ? take() : "";
    }

    /** The same at the end of the answer: unfinished reasoning stays reasoning. */
    String finish(List<AnswerPart> parts) {
        if (state == State.INSIDE) {
            speak(Held.trailingSpace(pending, pending.length()), parts);
            return "";
        }
        return take();
    }

    private void inside(List<AnswerPart> parts) {
        int close = pending.indexOf(CLOSE);
        int end = close >= 0 ? close : pending.length() - Held.possibleStart(pending, List.of(CLOSE));
        speak(Held.trailingSpace(pending, end), parts);
        int rest = pending.indexOf(CLOSE);
        if (rest >= 0) {
            pending.delete(0, rest + CLOSE.length());
            state = State.AFTER;
        }
    }

    /** Sends the first {@code end} characters, without the white space before the first word. */
    private void speak(int end, List<AnswerPart> parts) {
        int start = spoken ? 0 : Math.min(end, Held.leadingSpace(pending, 0));
        if (end > start) {
            parts.add(new AnswerPart.Reasoning(pending.substring(start, end)));
            spoken = true;
        }
        if (spoken) {
            pending.delete(0, end);
        }
    }

    private String take() {
        String text = pending.toString();
        pending.setLength(0);
        return text;
    }
}

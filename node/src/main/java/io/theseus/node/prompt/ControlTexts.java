package io.theseus.node.prompt;

import io.theseus.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The texts of a vocabulary's control tokens, and where they occur. Immutable. */
final class ControlTexts {
    private static final int PAIR = 2;

    /** By first character, longest first. */
    private final Map<Character, List<String>> byFirst = new HashMap<>();

    /** The first two, and the last two, characters of each text. */
    private final Set<String> openings = new HashSet<>();

    private final Set<String> endings = new HashSet<>();

    ControlTexts(Tokenizer tokenizer) {
        for (int id = 0; id < tokenizer.size(); id++) {
            if (tokenizer.isControl(id)) {
                add(new String(tokenizer.bytes(id), StandardCharsets.UTF_8));
            }
        }
        byFirst.values()
                .forEach(texts -> texts.sort(
                        Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder())));
    }

    private void add(String text) {
        if (text.length() < PAIR) {
            return;
        }
        byFirst.computeIfAbsent(text.charAt(0), first -> new ArrayList<>()).add(text);
        openings.add(text.substring(0, PAIR));
        endings.add(text.substring(text.length() - PAIR));
    }

    /** The length of the longest control text at {@code index} of {@code text}, 0 if there is none. */
    int lengthAt(String text, int index) {
        List<String> candidates = byFirst.get(text.charAt(index));
        if (candidates != null) {
            for (String candidate : candidates) {
                if (text.startsWith(candidate, index)) {
                    return candidate.length();
                }
            }
        }
        return 0;
    }

    /** Whether a control text occurs in {@code text}. */
    boolean occursIn(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (lengthAt(text, i) > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code text} has the beginning or the end of a control text, so that it may be, or become part of, one. */
    boolean suspects(String text) {
        for (int i = 0; i + PAIR <= text.length(); i++) {
            if (pairAt(text, i)) {
                return true;
            }
        }
        return false;
    }

    /** {@code text} with {@code mark} inside every beginning and end of a control text. */
    String breakAll(String text, char mark) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            out.append(text.charAt(i));
            if (i + PAIR <= text.length() && pairAt(text, i)) {
                out.append(mark);
            }
        }
        return out.toString();
    }

    /** {@code text} with {@code mark} inside every whole control text only. */
    String breakWhole(String text, char mark) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            out.append(text.charAt(i));
            if (lengthAt(text, i) > 0) {
                out.append(mark);
            }
        }
        return out.toString();
    }

    private boolean pairAt(String text, int index) {
        char first = text.charAt(index);
        // Nearly all text ends here: few characters begin or end control texts.
        if (Character.isLetterOrDigit(first) && !endingsStartWith(first) && !byFirst.containsKey(first)) {
            return false;
        }
        String pair = text.substring(index, index + PAIR);
        return openings.contains(pair) || endings.contains(pair);
    }

    private boolean endingsStartWith(char first) {
        for (String ending : endings) {
            if (ending.charAt(0) == first) {
                return true;
            }
        }
        return false;
    }
}

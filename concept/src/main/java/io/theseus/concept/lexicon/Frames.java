package io.theseus.concept.lexicon;

import io.theseus.concept.text.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a sentence asks, read off its first words. The patterns have no repetition, so that matching takes time bounded by the
 * pattern, whatever the sentence.
 */
final class Frames {
    /** Longest beginning looked at, in words; longer than any pattern. */
    private static final int WINDOW = 32;

    private record Frame(Pattern pattern, String kind, List<String> read, boolean again, boolean kept) {}

    /**
     * A sentence's question.
     *
     * @param kind name of the question, empty if no pattern matched
     * @param consumed tokens that belong to the pattern alone, from the first
     * @param read words read in their place
     */
    record Match(String kind, int consumed, List<String> read) {}

    private final List<Frame> frames = new ArrayList<>();
    private final Set<String> keep = new HashSet<>();

    Frames(List<String> lines) {
        for (String line : lines) {
            if (line.startsWith("keep ")) {
                keep.addAll(Resource.cut(line.substring(5)));
                continue;
            }
            int arrow = line.indexOf("=>");
            List<String> right = Resource.cut(line.substring(arrow + 2));
            boolean again = right.getFirst().equals("again");
            List<String> read = right.subList(1, right.size()).stream()
                    .filter(w -> !w.startsWith("_"))
                    .toList();
            boolean kept = right.contains("_same") || right.contains("_kept");
            frames.add(new Frame(compile(line.substring(0, arrow)), right.getFirst(), read, again, kept));
        }
    }

    private static Pattern compile(String text) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == ' ') {
                i++;
                continue;
            }
            int end;
            String inner;
            if (c == '(') {
                end = text.indexOf(')', i) + 1;
                inner = text.substring(i + 1, end - 1);
            } else {
                end = i;
                while (end < text.length() && " ?".indexOf(text.charAt(end)) < 0) {
                    end++;
                }
                inner = text.substring(i, end);
            }
            regex.append("(?:");
            String[] words = inner.split("\\|", -1);
            for (int w = 0; w < words.length; w++) {
                regex.append(w == 0 ? "" : "|").append(Pattern.quote(words[w] + " "));
            }
            regex.append(')');
            i = end;
            if (i < text.length() && text.charAt(i) == '?') {
                regex.append('?');
                i++;
            }
        }
        return Pattern.compile(regex.toString());
    }

    Match match(List<Token> sentence) {
        int from = 0;
        for (int round = 0; round < 4; round++) {
            while (from < sentence.size() && sentence.get(from).kind() == Token.Kind.PAUSE) {
                from++;
            }
            String head = head(sentence, from);
            Frame frame = null;
            int words = 0;
            for (Frame candidate : frames) {
                Matcher matcher = candidate.pattern.matcher(head);
                if (matcher.lookingAt() && matcher.end() > 0) {
                    frame = candidate;
                    words = (int) head.substring(0, matcher.end())
                            .chars()
                            .filter(ch -> ch == ' ')
                            .count();
                    break;
                }
            }
            if (frame == null) {
                break;
            }
            int end = skip(sentence, from, words);
            if (!frame.again) {
                return new Match(frame.kind, frame.kept ? from : end, frame.read);
            }
            from = end;
        }
        return new Match("", from, List.of());
    }

    /** Words of the sentence's pattern that count as its content. */
    List<Token> kept(List<Token> consumed) {
        return consumed.stream().filter(token -> keep.contains(token.text())).toList();
    }

    private static String head(List<Token> sentence, int from) {
        StringBuilder text = new StringBuilder();
        int words = 0;
        for (int i = from; i < sentence.size() && words < WINDOW; i++) {
            Token token = sentence.get(i);
            if (token.kind() == Token.Kind.PAUSE) {
                continue;
            }
            text.append(token.kind() == Token.Kind.WORD ? token.text() : "\u0001")
                    .append(' ');
            words++;
        }
        return text.toString();
    }

    private static int skip(List<Token> sentence, int from, int words) {
        int at = from;
        int left = words;
        while (left > 0) {
            if (sentence.get(at).kind() != Token.Kind.PAUSE) {
                left--;
            }
            at++;
        }
        return at;
    }
}

package io.theseus.concept.lexicon;

import io.theseus.concept.text.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

    /** Openers that may stand before the question, such as "please" and "can you tell me". */
    private static final int MAX_OPENERS = 3;

    private record Frame(Pattern pattern, String kind, List<String> read, boolean again, boolean kept) {}

    /**
     * A sentence's question.
     *
     * @param kind name of the question, empty if no pattern matched
     * @param opener tokens of what stands before the question and asks nothing itself: "could you tell me"
     * @param consumed tokens that belong to the pattern alone, from the first
     * @param read words read in their place
     */
    record Match(String kind, int opener, int consumed, List<String> read) {}

    /** Frames by the first words they can start with, in the order of the file. */
    private final Map<String, List<Frame>> byFirst = new HashMap<>();

    private final Set<String> keep = new HashSet<>();

    Frames(List<String> lines) {
        for (String line : lines) {
            if (line.startsWith("keep ")) {
                keep.addAll(Resource.cut(line.substring("keep ".length())));
                continue;
            }
            int arrow = line.indexOf("=>");
            List<String> right = Resource.cut(line.substring(arrow + 2));
            boolean again = right.getFirst().equals("again");
            List<String> read = right.subList(1, right.size()).stream()
                    .filter(word -> !word.startsWith("_"))
                    .toList();
            boolean kept = right.contains("_kept");
            List<Element> elements = parse(line.substring(0, arrow));
            Frame frame = new Frame(compile(elements), right.getFirst(), read, again, kept);
            for (String first : firsts(elements)) {
                byFirst.computeIfAbsent(first, word -> new ArrayList<>()).add(frame);
            }
        }
    }

    /** A word, or several to choose from, each of one or more words. */
    private record Element(List<String> choices, boolean optional) {}

    private static List<Element> parse(String text) {
        List<Element> elements = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ') {
                at++;
                continue;
            }
            int end = c == '(' ? text.indexOf(')', at) + 1 : endOfWord(text, at);
            String inner = c == '(' ? text.substring(at + 1, end - 1) : text.substring(at, end);
            boolean optional = end < text.length() && text.charAt(end) == '?';
            elements.add(new Element(List.of(inner.split("\\|", -1)), optional));
            at = optional ? end + 1 : end;
        }
        return elements;
    }

    private static int endOfWord(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != '?') {
            end++;
        }
        return end;
    }

    private static Pattern compile(List<Element> elements) {
        StringBuilder regex = new StringBuilder();
        for (Element element : elements) {
            List<String> choices = element.choices.stream()
                    .map(words -> Pattern.quote(words + " "))
                    .toList();
            regex.append("(?:").append(String.join("|", choices)).append(')').append(element.optional ? "?" : "");
        }
        return Pattern.compile(regex.toString());
    }

    private static Set<String> firsts(List<Element> elements) {
        Set<String> firsts = new HashSet<>();
        for (Element element : elements) {
            element.choices.forEach(words -> firsts.add(Resource.cut(words).getFirst()));
            if (!element.optional) {
                break;
            }
        }
        return firsts;
    }

    Match match(List<Token> sentence) {
        int from = 0;
        for (int round = 0; round <= MAX_OPENERS; round++) {
            while (from < sentence.size() && sentence.get(from).kind() == Token.Kind.PAUSE) {
                from++;
            }
            if (from == sentence.size()) {
                break;
            }
            List<Frame> candidates = byFirst.getOrDefault(sentence.get(from).text(), List.of());
            String head = candidates.isEmpty() ? "" : head(sentence, from);
            Frame frame = null;
            int words = 0;
            for (Frame candidate : candidates) {
                Matcher matcher = candidate.pattern.matcher(head);
                if (matcher.lookingAt() && matcher.end() > 0) {
                    frame = candidate;
                    words = (int) head.chars()
                            .limit(matcher.end())
                            .filter(c -> c == ' ')
                            .count();
                    break;
                }
            }
            if (frame == null) {
                break;
            }
            int end = skip(sentence, from, words);
            if (!frame.again) {
                return new Match(frame.kind, from, frame.kept ? from : end, frame.read);
            }
            from = end;
        }
        return new Match("", from, from, List.of());
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
            // The a of "a + b" is no article.
            boolean operand = i + 1 < sentence.size() && sentence.get(i + 1).kind() == Token.Kind.SYMBOL;
            boolean word =
                    token.kind() == Token.Kind.WORD && !(operand && token.text().length() == 1);
            // Nothing in a pattern equals this sign.
            text.append(word ? token.text() : "\u0001").append(' ');
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

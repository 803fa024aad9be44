package io.theseus.concept;

import io.theseus.concept.Difference.Kind;
import java.util.List;
import java.util.Locale;

/** Aligns words that differ in spelling or derivation alone. */
final class Spelling {
    private Spelling() {}

    /** Removes from both lists what is one word in two spellings, noting each pair. */
    static void align(List<Node> left, List<Node> right, List<Difference> found) {
        for (Node a : List.copyOf(left)) {
            for (Node b : List.copyOf(right)) {
                if (!left.contains(a) || !right.contains(b) || a.kind() != b.kind() && !(isWord(a) && isWord(b))) {
                    continue;
                }
                if (!isWord(a) || a.negated() != b.negated()) {
                    continue;
                }
                String text = "\"" + a.shown() + "\" and \"" + b.shown() + "\" look like one word";
                if (isTypo(a, b)) {
                    found.add(new Difference(Kind.SPELLING, text, 0.1));
                } else if (isRelated(a.idea(), b.idea())) {
                    found.add(new Difference(Kind.SPELLING, text, isDoer(a.idea(), b.idea()) ? 0.75 : 0.15));
                } else {
                    continue;
                }
                left.remove(a);
                right.remove(b);
            }
        }
    }

    private static boolean isWord(Node node) {
        return node.kind() == Node.Kind.IDEA || node.kind() == Node.Kind.ENTITY;
    }

    /** One is in the lexicon, the other is not and is one slip of the finger away. */
    private static boolean isTypo(Node a, Node b) {
        String x = a.shown().toLowerCase(Locale.ROOT);
        String y = b.shown().toLowerCase(Locale.ROOT);
        if (Math.min(x.length(), y.length()) < 5 || a.known() && b.known() || hasDigit(x) || hasDigit(y)) {
            return false;
        }
        boolean names = a.kind() == Node.Kind.ENTITY && b.kind() == Node.Kind.ENTITY;
        return !names && a.known() != b.known() && x.charAt(0) == y.charAt(0) && isOneEdit(x, y);
    }

    private static boolean hasDigit(String s) {
        return s.chars().anyMatch(Character::isDigit);
    }

    /** Whether an insertion, deletion, substitution or exchange of neighbours turns one into the other. */
    static boolean isOneEdit(String x, String y) {
        if (Math.abs(x.length() - y.length()) > 1) {
            return false;
        }
        int prefix = 0;
        int least = Math.min(x.length(), y.length());
        while (prefix < least && x.charAt(prefix) == y.charAt(prefix)) {
            prefix++;
        }
        int suffix = 0;
        while (suffix < least - prefix && x.charAt(x.length() - 1 - suffix) == y.charAt(y.length() - 1 - suffix)) {
            suffix++;
        }
        int leftX = x.length() - prefix - suffix;
        int leftY = y.length() - prefix - suffix;
        if (leftX <= 1 && leftY <= 1) {
            return true;
        }
        return leftX == 2
                && leftY == 2
                && x.charAt(prefix) == y.charAt(prefix + 1)
                && x.charAt(prefix + 1) == y.charAt(prefix);
    }

    /** Derivations of one stem: prepare and preparation, photographer and photography. */
    private static boolean isRelated(String x, String y) {
        int least = Math.min(x.length(), y.length());
        int prefix = 0;
        while (prefix < least && x.charAt(prefix) == y.charAt(prefix)) {
            prefix++;
        }
        return prefix >= 5 && isEnding(x.substring(prefix)) && isEnding(y.substring(prefix));
    }

    /** Engineer and engineering, large and larger: one stem, but seldom one meaning. */
    private static boolean isDoer(String x, String y) {
        int prefix = 0;
        int least = Math.min(x.length(), y.length());
        while (prefix < least && x.charAt(prefix) == y.charAt(prefix)) {
            prefix++;
        }
        boolean trade = x.substring(0, prefix).endsWith("eer");
        return trade || isDoerEnding(x.substring(prefix)) != isDoerEnding(y.substring(prefix));
    }

    private static boolean isDoerEnding(String ending) {
        return ending.equals("er") || ending.equals("or") || ending.equals("r") || ending.equals("ist");
    }

    private static boolean isEnding(String s) {
        return switch (s) {
            case "",
                    "e",
                    "s",
                    "es",
                    "ed",
                    "d",
                    "ing",
                    "ion",
                    "tion",
                    "ation",
                    "ment",
                    "er",
                    "r",
                    "or",
                    "y",
                    "al",
                    "ly",
                    "ity",
                    "ies",
                    "ance",
                    "ence",
                    "ness",
                    "ful",
                    "ive",
                    "ic",
                    "ical",
                    "ist",
                    "ize",
                    "ise",
                    "able",
                    "ee",
                    "ship",
                    "ication" -> true;
            default -> false;
        };
    }
}

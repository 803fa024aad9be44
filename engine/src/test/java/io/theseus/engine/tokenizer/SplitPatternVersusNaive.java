package io.theseus.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SplitPatternVersusNaive {
    private static final List<String> PATTERNS = List.of(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
                    + "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|"
                    + "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|"
                    + " ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|"
                    + "\\s+(?!\\S)|\\s+",
            "[\\p{P}\\$\\+<=>\\^~\\|`]+",
            "[0-9][0-9][0-9]",
            "\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}",
            "\\s?[!-/:-~！-／：-～‘-‟　-。]+",
            "[一-龥ࠀ-一가-퟿]+");

    @Test
    void matchesWhatJavasRegexMatches() {
        for (String pattern : PATTERNS) {
            SplitPattern ours = SplitPattern.of(pattern);
            Pattern theirs = Pattern.compile(
                    // Java's \s means white space of Unicode only by this name.
                    pattern.replace("\\S", "\\P{IsWhite_Space}").replace("\\s", "\\p{IsWhite_Space}"),
                    Pattern.UNICODE_CASE);
            for (int seed = 0; seed < 1500; seed++) {
                String text = RandomText.wellFormed(RandomText.next(new Random(seed), 12));
                assertThat(ours(ours, text))
                        .as("%s on \"%s\", seed %d", pattern, text, seed)
                        .isEqualTo(theirs(theirs, text));
            }
        }
    }

    @Test
    void trailingSpaceIsFoundAsThePatternFindsIt() {
        Pattern theirs = Pattern.compile("\\p{IsWhite_Space}+\\z");
        for (int seed = 0; seed < 2000; seed++) {
            String text = RandomText.wellFormed(RandomText.next(new Random(seed), 6)) + " \n\u3000".repeat(seed % 3);
            assertThat(ours(new TrailingSpace(), text)).as("seed %d", seed).isEqualTo(theirs(theirs, text));
        }
    }

    private static List<String> ours(SplitRule rule, String text) {
        char[] chars = text.toCharArray();
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < chars.length; ) {
            long found = rule.find(chars, at, chars.length);
            if (found < 0) {
                break;
            }
            pieces.add((found >>> 32) + "-" + (int) found);
            at = (int) found;
        }
        return pieces;
    }

    private static List<String> theirs(Pattern pattern, String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            pieces.add(matcher.start() + "-" + matcher.end());
        }
        return pieces;
    }
}

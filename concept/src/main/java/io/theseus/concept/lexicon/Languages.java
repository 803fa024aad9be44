package io.theseus.concept.lexicon;

import io.theseus.concept.text.Token;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which language a text is in, by its script and its small words. Says "und" rather than guess. */
public final class Languages {
    /** The tag of a text whose language cannot be told. */
    public static final String UNKNOWN = "und";

    private final Map<String, Set<String>> small = new LinkedHashMap<>();

    public Languages() {
        for (String line : Resource.lines("languages.txt")) {
            List<String> words = Resource.cut(line);
            small.put(words.getFirst(), new HashSet<>(words.subList(1, words.size())));
        }
    }

    /** The tag of the language of {@code tokens}: ISO 639-1 where small words decide, a script's name, or {@link #UNKNOWN}. */
    public String of(List<Token> tokens) {
        Map<String, Integer> votes = new HashMap<>();
        int latin = 0;
        int words = 0;
        Map<Character.UnicodeScript, Integer> scripts = new HashMap<>();
        for (Token token : tokens) {
            if (token.kind() != Token.Kind.WORD || token.text().isEmpty()) {
                continue;
            }
            words++;
            Character.UnicodeScript script =
                    Character.UnicodeScript.of(token.text().codePointAt(0));
            if (script == Character.UnicodeScript.LATIN) {
                latin++;
            }
            scripts.merge(script, 1, Integer::sum);
            for (Map.Entry<String, Set<String>> language : small.entrySet()) {
                if (language.getValue().contains(token.text())) {
                    votes.merge(language.getKey(), 1, Integer::sum);
                }
            }
        }
        if (words > 0 && latin * 2 < words) {
            return scripts.entrySet().stream()
                    .max(Map.Entry.<Character.UnicodeScript, Integer>comparingByValue()
                            .thenComparing(e -> e.getKey().name()))
                    .map(e -> "und-" + e.getKey().name().toLowerCase(java.util.Locale.ROOT))
                    .orElse(UNKNOWN);
        }
        int english = votes.getOrDefault("en", 0);
        String best = "en";
        for (Map.Entry<String, Integer> vote : votes.entrySet()) {
            if (vote.getValue() > english && vote.getValue() > votes.getOrDefault(best, 0)) {
                best = vote.getKey();
            }
        }
        // Latin letters without any small word: most such prompts are terse English ("capital of", "python list sort").
        return best;
    }
}

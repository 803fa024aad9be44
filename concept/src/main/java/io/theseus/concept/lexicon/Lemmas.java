package io.theseus.concept.lexicon;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Base forms of inflected words: a table of irregular forms, then suffix rules that prefer a known base form. An unknown word
 * loses its inflection and a final {@code e}, so that its forms agree among themselves even where the base is not a word.
 */
final class Lemmas {
    /** Past forms that are no participles. */
    private static final Set<String> PAST = Set.of(
            "won",
            "went",
            "came",
            "became",
            "began",
            "broke",
            "chose",
            "drank",
            "drove",
            "ate",
            "fell",
            "flew",
            "forgot",
            "gave",
            "grew",
            "knew",
            "lost",
            "ran",
            "said",
            "saw",
            "sang",
            "sold",
            "spoke",
            "stole",
            "swam",
            "took",
            "threw",
            "wore",
            "wrote",
            "died",
            "happened",
            "invented",
            "discovered",
            "killed",
            "founded");

    private final Map<String, String> irregular = new HashMap<>();
    private final Set<String> fixed = new HashSet<>();
    private final Set<String> known;
    private final Set<String> verbs = new HashSet<>();

    /** @param known words that are their own base form */
    Lemmas(String language, Set<String> known) {
        this.known = new HashSet<>(known);
        for (String line : Resource.lines(language + "/lemmas.txt")) {
            List<String> forms = Resource.cut(line);
            for (String form : forms) {
                irregular.putIfAbsent(form, forms.getFirst());
            }
        }
        fixed.addAll(Resource.words(language + "/fixed.txt"));
        verbs.addAll(Resource.words(language + "/verbs.txt"));
        this.known.addAll(verbs);
        this.known.addAll(irregular.values());
    }

    /** Whether the word or its base form is in the lexicon. */
    boolean knows(String word) {
        return fixed.contains(word) || irregular.containsKey(word) || known.contains(word) || known.contains(of(word));
    }

    /** Whether {@code word} has the shape of a past participle of a verb. */
    boolean isParticiple(String word) {
        String irregularBase = irregular.get(word);
        if (irregularBase != null) {
            return !irregularBase.equals(word) && !word.endsWith("ing") && !word.endsWith("s")
                    || irregularBase.equals(word)
                            && Set.of("cost", "cut", "put", "set", "hit", "hurt", "read")
                                    .contains(word);
        }
        return word.endsWith("ed") && !fixed.contains(word) && word.length() > 3;
    }

    /** Whether {@code word} is a past form and nothing else: won, broke; not "read", not "made of". */
    boolean isPast(String word) {
        String base = irregular.get(word);
        return base != null && !base.equals(word) && PAST.contains(word);
    }

    /** The base form of {@code word}. */
    String of(String word) {
        String base = irregular.get(word);
        if (base != null) {
            return base;
        }
        if (fixed.contains(word) || known.contains(word) || word.length() < 4 || !isPlain(word)) {
            return word;
        }
        if (word.endsWith("ing") && word.length() > 5) {
            return ending(word, 3);
        }
        if (word.endsWith("ed") && word.length() > 4) {
            return word.endsWith("ied") ? word.substring(0, word.length() - 3) + "y" : ending(word, 2);
        }
        if (word.endsWith("s") && !word.endsWith("ss") && !word.endsWith("us") && !word.endsWith("is")) {
            return plural(word);
        }
        if (word.endsWith("'")) {
            return of(word.substring(0, word.length() - 1));
        }
        return word.endsWith("e") ? unknown(word) : word;
    }

    private String plural(String word) {
        String stem = word.substring(0, word.length() - 1);
        if (known.contains(stem)) {
            return stem;
        }
        if (word.endsWith("ies") && word.length() > 4) {
            return word.substring(0, word.length() - 3) + "y";
        }
        if (word.endsWith("es")) {
            String shorter = word.substring(0, word.length() - 2);
            boolean sibilant = shorter.endsWith("s")
                    || shorter.endsWith("x")
                    || shorter.endsWith("z")
                    || shorter.endsWith("ch")
                    || shorter.endsWith("sh")
                    || shorter.endsWith("o");
            if (sibilant && !known.contains(stem)) {
                return known.contains(shorter) || !shorter.endsWith("s") ? shorter : unknown(stem);
            }
        }
        return unknown(stem);
    }

    private String ending(String word, int length) {
        String stem = word.substring(0, word.length() - length);
        if (stem.length() < 3 && !known.contains(stem)) {
            return known.contains(stem + "e") ? stem + "e" : word;
        }
        int n = stem.length();
        boolean doubled = n > 2 && stem.charAt(n - 1) == stem.charAt(n - 2);
        if (doubled && known.contains(stem.substring(0, n - 1))) {
            return stem.substring(0, n - 1);
        }
        // "hoping" is of hope: hop would double its consonant.
        boolean silent =
                known.contains(stem + "e") && n > 2 && isVowel(stem.charAt(n - 2)) && !isVowel(stem.charAt(n - 3));
        if (known.contains(stem) && !(silent && !isVowel(stem.charAt(n - 1)))) {
            return stem;
        }
        if (known.contains(stem + "e")) {
            return stem + "e";
        }
        if (doubled && "lsz".indexOf(stem.charAt(n - 1)) < 0) {
            return stem.substring(0, n - 1);
        }
        return stem;
    }

    private String unknown(String word) {
        return word.endsWith("e") && word.length() > 4 && !known.contains(word)
                ? word.substring(0, word.length() - 1)
                : word;
    }

    private static boolean isVowel(char c) {
        return "aeiou".indexOf(c) >= 0;
    }

    private static boolean isPlain(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c == '\'')) {
                return false;
            }
        }
        return true;
    }
}

package io.theseus.concept.lexicon;

import io.theseus.concept.text.Token;
import io.theseus.concept.text.Token.Kind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers with their units in base units: {@code 5 km} and {@code 5000 metres} become {@code 5000 m}, {@code a dozen} 12,
 * {@code $2.5 million} 2500000 USD, {@code 3rd} an ordinal.
 */
final class Quantities {
    private static final MathContext PRECISION = new MathContext(12);
    private static final int MAX_DIGITS = 30;

    private record Unit(String base, BigDecimal factor) {}

    private final Map<String, Unit> units = new HashMap<>();
    private final Map<String, BigDecimal> words = new HashMap<>();
    private final Map<String, BigDecimal> multipliers = new HashMap<>();
    private final Map<String, Integer> ordinals = Map.ofEntries(
            Map.entry("first", 1),
            Map.entry("second", 2),
            Map.entry("third", 3),
            Map.entry("fourth", 4),
            Map.entry("fifth", 5),
            Map.entry("sixth", 6),
            Map.entry("seventh", 7),
            Map.entry("eighth", 8),
            Map.entry("ninth", 9),
            Map.entry("tenth", 10),
            Map.entry("eleventh", 11),
            Map.entry("twelfth", 12));

    Quantities(String language) {
        for (String line : Resource.lines(language + "/units.txt")) {
            List<String> parts = Resource.cut(line);
            Unit unit = new Unit(
                    parts.getFirst().substring(0, parts.getFirst().length() - 1), new BigDecimal(parts.get(1)));
            parts.subList(2, parts.size()).forEach(name -> units.put(name, unit));
        }
        for (String line : Resource.lines(language + "/numbers.txt")) {
            List<String> parts = Resource.cut(line);
            if (parts.getFirst().equals("*")) {
                multipliers.put(parts.get(1), new BigDecimal(parts.get(2)));
            } else {
                words.put(parts.getFirst(), new BigDecimal(parts.get(1)));
            }
        }
    }

    /** The tokens with numbers, and the units right after or currencies right before them, made quantities. */
    List<Token> merge(List<Token> tokens) {
        List<Token> out = new ArrayList<>(tokens.size());
        int at = 0;
        while (at < tokens.size()) {
            Token token = tokens.get(at);
            String ordinal = ordinal(token);
            if (ordinal != null) {
                out.add(token.as(Kind.QUANTITY, ordinal));
                at++;
                continue;
            }
            BigDecimal value = glued(tokens, at);
            if (value == null) {
                out.add(token);
                at++;
                continue;
            }
            int end = at + 1;
            String suffix = token.kind() == Kind.WORD ? suffix(token.text()) : "";
            Unit unit = null;
            if (multipliers.containsKey(suffix)) {
                value = value.multiply(multipliers.get(suffix));
            } else if (!suffix.isEmpty()) {
                unit = units.get(suffix);
            }
            while (end < tokens.size() && unit == null) {
                boolean dash = isDash(tokens.get(end)) && end + 1 < tokens.size() && isTens(value);
                Token next = tokens.get(dash ? end + 1 : end);
                BigDecimal factor = next.kind() == Kind.WORD ? multipliers.get(next.text()) : null;
                BigDecimal ones = next.kind() == Kind.WORD ? words.get(next.text()) : null;
                if (factor != null && !dash) {
                    value = value.multiply(factor);
                } else if (ones != null && isTens(value) && ones.compareTo(BigDecimal.TEN) < 0) {
                    value = value.add(ones);
                } else {
                    break;
                }
                end += dash ? 2 : 1;
            }
            if (unit == null && end < tokens.size()) {
                Token next = tokens.get(end);
                int hop = isDash(next) && end + 1 < tokens.size() ? 1 : 0;
                Token named = tokens.get(end + hop);
                if (named.kind() == Kind.WORD || named.kind() == Kind.SYMBOL) {
                    unit = units.get(named.text());
                    end += unit == null ? 0 : 1 + hop;
                }
            }
            if (unit == null && !out.isEmpty() && isCurrency(out.getLast())) {
                unit = units.get(out.removeLast().text());
            }
            out.add(token.as(Kind.QUANTITY, canonical(value, unit)));
            at = end;
        }
        return out;
    }

    private boolean isCurrency(Token token) {
        Unit unit = units.get(token.text());
        return unit != null && unit.base.length() == 3 && Character.isUpperCase(unit.base.charAt(0));
    }

    private static boolean isDash(Token token) {
        return token.kind() == Kind.PAUSE && token.text().equals("-");
    }

    private static boolean isTens(BigDecimal value) {
        return value.compareTo(BigDecimal.valueOf(20)) >= 0
                && value.compareTo(BigDecimal.valueOf(100)) < 0
                && value.remainder(BigDecimal.TEN).signum() == 0;
    }

    private static String canonical(BigDecimal value, @Nullable Unit unit) {
        BigDecimal base = unit == null ? value : value.multiply(unit.factor);
        String number = base.round(PRECISION).stripTrailingZeros().toPlainString();
        return unit == null ? number : number + " " + unit.base;
    }

    private @Nullable BigDecimal glued(List<Token> tokens, int at) {
        Token token = tokens.get(at);
        if (token.kind() == Kind.NUMBER) {
            return parse(token.text());
        }
        if (token.kind() != Kind.WORD) {
            return null;
        }
        BigDecimal word = words.get(token.text());
        if (word != null) {
            return word;
        }
        BigDecimal multiplier = multipliers.get(token.text());
        if (multiplier != null && token.text().length() > 2) {
            return multiplier;
        }
        String suffix = suffix(token.text());
        if (suffix.isEmpty() || !(units.containsKey(suffix) || multipliers.containsKey(suffix))) {
            return null;
        }
        return parse(token.text().substring(0, token.text().length() - suffix.length()));
    }

    private static @Nullable BigDecimal parse(String digits) {
        String text = digits.endsWith(".") ? digits.substring(0, digits.length() - 1) : digits;
        text = text.replace(",", "");
        if (text.isEmpty()
                || text.equals(".")
                || text.length() > MAX_DIGITS
                || !text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.')) {
            return null;
        }
        return new BigDecimal(text.startsWith(".") ? "0" + text : text);
    }

    /** The letters after leading digits: km of 5km; empty if the word does not start with a digit. */
    private static String suffix(String word) {
        int i = 0;
        while (i < word.length()
                && (word.charAt(i) >= '0' && word.charAt(i) <= '9' || i > 0 && ".,".indexOf(word.charAt(i)) >= 0)) {
            i++;
        }
        return i == 0 ? "" : word.substring(i);
    }

    private @Nullable String ordinal(Token token) {
        if (token.kind() != Kind.WORD) {
            return null;
        }
        Integer word = ordinals.get(token.text());
        if (word != null) {
            // "second" is more often the unit or the next one; "first" alone orders.
            return word == 2 ? null : "#" + word;
        }
        String suffix = suffix(token.text());
        boolean ends = suffix.equals("st") || suffix.equals("nd") || suffix.equals("rd") || suffix.equals("th");
        if (!ends || suffix.length() == token.text().length()) {
            return null;
        }
        BigDecimal value = parse(token.text().substring(0, token.text().length() - suffix.length()));
        return value == null ? null : "#" + value.toPlainString();
    }
}

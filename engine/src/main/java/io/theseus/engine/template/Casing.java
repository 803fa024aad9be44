package io.theseus.engine.template;

import java.util.Locale;

/** Python's changes and tests of letter case and character class. */
final class Casing {
    private Casing() {}

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** Lower case for comparisons; full folding only where it differs for common text (sharp s, final sigma). */
    static String fold(String text) {
        return lower(upper(text).replace("\u1e9e", "SS")).replace('\u03c2', '\u03c3');
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        int n = Character.charCount(first);
        return titleCase(first).concat(lower(text.substring(n)));
    }

    /** Upper case after anything that has no case, lower case after a letter. */
    static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            String one = Character.toString(c);
            out.append(inWord ? lower(one) : titleCase(c));
            inWord = isCased(c);
        }
        return out.toString();
    }

    /** Most characters that grow to several in upper case (such as the sharp s) keep only the first of them capital. */
    private static String titleCase(int c) {
        String one = Character.toString(c);
        if (Character.toTitleCase(c) != c) {
            return Character.toString(Character.toTitleCase(c));
        }
        String upper = upper(one);
        if (upper.length() <= one.length()) {
            return upper.equals(one) || Character.isTitleCase(c) ? one : upper;
        }
        int n = Character.charCount(upper.codePointAt(0));
        return isCased(upper.codePointAt(0)) ? upper.substring(0, n).concat(lower(upper.substring(n))) : upper;
    }

    static String swap(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            String one = Character.toString(c);
            out.append(Character.isUpperCase(c) ? lower(one) : Character.isLowerCase(c) ? upper(one) : one);
        });
        return out.toString();
    }

    private static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /** {@code text.name()} for the methods whose names begin with {@code is}. */
    static boolean is(String name, String text) {
        return switch (name) {
            case "isascii" -> text.chars().allMatch(c -> c < 128);
            case "isprintable" -> text.codePoints().allMatch(PythonText::isPrintable);
            case "islower" ->
                text.codePoints().anyMatch(Casing::isCased)
                        && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
            case "isupper" ->
                text.codePoints().anyMatch(Casing::isCased)
                        && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
            case "istitle" -> isTitle(text);
            default -> !text.isEmpty() && text.codePoints().allMatch(c -> isOf(name, c));
        };
    }

    private static boolean isOf(String name, int c) {
        return switch (name) {
            case "isalpha" -> isAlpha(c);
            case "isdecimal" -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
            case "isdigit" -> isDigit(c);
            case "isnumeric" -> isNumeric(c);
            case "isspace" -> CodePoints.isSpace(c);
            default -> isAlpha(c) || isNumeric(c); // isalnum
        };
    }

    private static boolean isAlpha(int c) {
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> true;
            default -> false;
        };
    }

    /** Decimal digits and their superscript, subscript and circled forms. */
    private static boolean isDigit(int c) {
        return Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
                || c == 0xb2
                || c == 0xb3
                || c == 0xb9
                || c == 0x2070
                || (c >= 0x2074 && c <= 0x2079)
                || (c >= 0x2080 && c <= 0x2089)
                || (c >= 0x2460 && c <= 0x2468)
                || (c >= 0x2474 && c <= 0x247c)
                || (c >= 0x2488 && c <= 0x2490);
    }

    private static boolean isNumeric(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> Character.getNumericValue(c) >= 0 && Character.getType(c) == Character.OTHER_LETTER;
        };
    }

    private static boolean isTitle(String text) {
        boolean inWord = false;
        boolean any = false;
        for (int c : text.codePoints().toArray()) {
            if (Character.isUpperCase(c) || Character.isTitleCase(c)) {
                if (inWord) {
                    return false;
                }
                inWord = true;
                any = true;
            } else if (Character.isLowerCase(c)) {
                if (!inWord) {
                    return false;
                }
            } else {
                inWord = false;
            }
        }
        return any;
    }
}

package io.theseus.cache.answers;

/** The beginning of a text on one line, for people. */
final class Preview {
    private static final int LENGTH = 160;

    private Preview() {}

    static String of(String text) {
        StringBuilder line = new StringBuilder();
        boolean space = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (Character.isWhitespace(c) || Character.isISOControl(c)) {
                space = !line.isEmpty();
                continue;
            }
            if (line.length() >= LENGTH) {
                return line.append('…').toString();
            }
            if (space) {
                line.append(' ');
                space = false;
            }
            line.appendCodePoint(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c);
        }
        return line.toString();
    }
}

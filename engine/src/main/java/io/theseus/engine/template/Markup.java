package io.theseus.engine.template;

/** A string marked safe for HTML: joining it to a plain string escapes that string, as markupsafe does. */
record Markup(String text) {
    /** {@code text} with the five characters replaced that mean something in HTML. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '>' -> out.append("&gt;");
                case '<' -> out.append("&lt;");
                case '\'' -> out.append("&#39;");
                case '"' -> out.append("&#34;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }
}

package io.theseus.node.config;

/**
 * The value that won.
 *
 * @param text as it was written, or as the machine's default came out; it may hold a password, see {@link #shown()}
 */
public record EffectiveSetting(Setting setting, String text, Origin origin) {
    /** The text with any password of a URL blotted out, for printing. */
    public String shown() {
        return text.replaceFirst("(://[^/@:]*):[^/@]*@", "$1:***@");
    }

    @Override
    public String toString() {
        return setting.key() + " = " + shown() + " (" + origin + ")";
    }
}

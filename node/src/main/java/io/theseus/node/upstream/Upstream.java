package io.theseus.node.upstream;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Another engine's OpenAI-compatible API.
 *
 * @param name what people call it, in metrics, headers and logs
 * @param base its address up to and with {@code /v1}, without a slash at the end
 * @param key sent as {@code Authorization: Bearer}
 */
public record Upstream(String name, URI base, Optional<String> key) {
    private static final String EXPECTED = "expected [NAME=]http://host:port/v1";

    /**
     * Reads {@code [NAME=]URL}; without a name it is called by host and port.
     *
     * @throws TheseusException {@code BAD_INPUT} if it is something else
     */
    public static Upstream parse(String text) {
        int equals = text.indexOf('=');
        int scheme = text.indexOf("://");
        boolean named = equals >= 0 && equals < scheme;
        String address = (named ? text.substring(equals + 1) : text).strip().replaceFirst("/+$", "");
        URI base = uri(text, address);
        String host = base.getHost().toLowerCase(Locale.ROOT);
        String name =
                named ? text.substring(0, equals).strip() : base.getPort() < 0 ? host : host + ":" + base.getPort();
        if (!name.matches("[A-Za-z0-9\\[][A-Za-z0-9._:\\[\\]-]*")) {
            throw unusable(text, "its name may have letters, digits, dots, dashes and underscores only", null);
        }
        return new Upstream(name, base, Optional.empty());
    }

    private static URI uri(String text, String address) {
        try {
            URI uri = new URI(address);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (!web || uri.getHost() == null) {
                throw unusable(text, EXPECTED, null);
            }
            if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw unusable(text, EXPECTED + ", without a login or a query; keys go into upstream-keys", null);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw unusable(text, EXPECTED, e);
        }
    }

    private static TheseusException unusable(String text, String why, @Nullable Exception cause) {
        // What stands before an @ may be a password.
        String shown = text.replaceFirst("//[^/@]*@", "//...@");
        return new TheseusException(ErrorCode.BAD_INPUT, "upstream \"" + shown + "\" cannot be used; " + why, cause);
    }

    /** The same with a key. */
    public Upstream withKey(Optional<String> apiKey) {
        return new Upstream(name, base, apiKey);
    }

    /** What its answers are known by: the address, the same however it is written. */
    String identity() {
        String scheme = base.getScheme().toLowerCase(Locale.ROOT);
        int usual = scheme.equals("https") ? 443 : 80;
        int port = base.getPort() < 0 ? usual : base.getPort();
        return scheme + "://" + base.getHost().toLowerCase(Locale.ROOT) + ":" + port + base.getRawPath();
    }

    /**
     * The address of what this node offers at {@code path}.
     *
     * @param path begins with {@code /v1}; with the query
     */
    URI at(String path) {
        return URI.create(base + path.substring("/v1".length()));
    }

    /** Never shows the key. */
    @Override
    public String toString() {
        return name + "=" + base;
    }
}

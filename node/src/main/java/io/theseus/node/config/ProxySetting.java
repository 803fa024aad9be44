package io.theseus.node.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which proxy a download goes through.
 *
 * @param https for {@code https:} addresses; empty = direct
 * @param http for {@code http:} addresses; empty = direct
 * @param direct hosts (and, with or without a leading dot, all below them) that are asked directly; {@code *} = every host
 */
public record ProxySetting(Optional<URI> https, Optional<URI> http, List<String> direct) {
    public static final ProxySetting NONE = new ProxySetting(Optional.empty(), Optional.empty(), List.of());

    public ProxySetting {
        direct = List.copyOf(direct);
    }

    /**
     * What the variables {@code https_proxy}, {@code http_proxy}, {@code all_proxy} and {@code no_proxy} say, in lower case first and
     * then in upper case, as curl and Python read them. A proxy that is not spoken to by plain HTTP (SOCKS, TLS) is passed over.
     */
    static ProxySetting of(Map<String, String> environment) {
        return new ProxySetting(
                usable(environment, "https_proxy").or(() -> usable(environment, "all_proxy")),
                usable(environment, "http_proxy").or(() -> usable(environment, "all_proxy")),
                Arrays.stream(variable(environment, "no_proxy").split("[,\\s]+"))
                        .filter(rule -> !rule.isEmpty())
                        .toList());
    }

    /** These exceptions with another proxy for everything else. */
    ProxySetting through(URI proxy) {
        return new ProxySetting(Optional.of(proxy), Optional.of(proxy), direct);
    }

    /** The proxy for {@code target}, or empty if it is asked directly. */
    public Optional<URI> proxyFor(URI target) {
        String host = target.getHost();
        if (host == null || direct.stream().anyMatch(rule -> matches(rule, host, target.getPort()))) {
            return Optional.empty();
        }
        return "https".equalsIgnoreCase(target.getScheme()) ? https : http;
    }

    private static Optional<URI> usable(Map<String, String> environment, String name) {
        String text = variable(environment, name).strip();
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            return "http".equals(uri.getScheme()) && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static String variable(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name, "");
        return lower.isBlank() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
    }

    private static boolean matches(String rule, String host, int port) {
        if (rule.equals("*")) {
            return true;
        }
        String name = rule.startsWith("*.") ? rule.substring(2) : rule.startsWith(".") ? rule.substring(1) : rule;
        int colon = name.lastIndexOf(':');
        // A rule with several colons is an IPv6 address, not a host with a port.
        if (colon > 0 && name.indexOf(':') == colon) {
            if (!name.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = name.substring(0, colon);
        }
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.equalsIgnoreCase(name)
                || bare.regionMatches(true, bare.length() - name.length() - 1, "." + name, 0, name.length() + 1);
    }

    /** Never shows a password. */
    @Override
    public String toString() {
        return https.map(u -> u.getHost() + ":" + u.getPort()).orElse("direct");
    }
}

package io.theseus.node.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides who may use the API, before anything of a request's body is read.
 *
 * <p>Two dangers come from web pages in the user's own browser. A page may post to a loopback address although it cannot read the
 * answer; browsers mark such requests with {@code Origin}, and only origins that the operator named pass. And a page's own host name may
 * be made to resolve to 127.0.0.1 (DNS rebinding), which makes its origin look like ours; then {@code Host} carries that name, so a
 * keyless loopback node answers only to names of this machine.
 */
final class Gate {
    private static final String BEARER = "bearer ";

    private final HttpConfig config;
    private final List<byte[]> keyDigests;

    Gate(HttpConfig config) {
        this.config = config;
        this.keyDigests = config.apiKeys().stream().map(Gate::digest).toList();
    }

    /**
     * Lets a request pass, with the CORS headers its response needs.
     *
     * @param open whether the route may be used without a key
     * @throws ApiException status 401 or 403
     */
    void check(Exchange exchange, boolean open) {
        checkHost(exchange);
        checkOrigin(exchange);
        if (!open) {
            checkKey(exchange);
        }
    }

    /** Whether a browser's preflight question is answered with yes. */
    void preflight(Exchange exchange, String allowedMethods) {
        checkHost(exchange);
        checkOrigin(exchange);
        exchange.responseHeader("access-control-allow-methods", allowedMethods);
        exchange.header("access-control-request-headers")
                .filter(Gate::plainHeaderList)
                .ifPresent(names -> exchange.responseHeader("access-control-allow-headers", names));
        exchange.responseHeader("access-control-max-age", "600");
    }

    private void checkHost(Exchange exchange) {
        if (!config.loopbackOnly() || !keyDigests.isEmpty()) {
            return;
        }
        String host = exchange.header("host").map(Gate::hostName).orElse("");
        if (!localName(host) && !config.allowedHosts().contains(host)) {
            throw ApiError.of(
                    403,
                    "permission_error",
                    "host_not_allowed",
                    "This node answers to names of this machine only, not to \"" + host
                            + "\". Use 127.0.0.1 or localhost, allow the name, or set an API key.");
        }
    }

    private static boolean localName(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /** The name in a Host header, lower case, without port. */
    private static String hostName(String header) {
        String host = header.strip().toLowerCase(Locale.ROOT);
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private void checkOrigin(Exchange exchange) {
        Optional<String> origin = exchange.header("origin");
        if (origin.isEmpty()) {
            return;
        }
        boolean listed =
                config.corsOrigins().contains("*") || config.corsOrigins().contains(origin.get());
        if (listed) {
            exchange.responseHeader("access-control-allow-origin", origin.get());
            exchange.responseHeader("vary", "Origin");
            exchange.responseHeader(
                    "access-control-expose-headers",
                    "x-request-id, retry-after, age, x-theseus-layer, x-theseus-key, x-theseus-proof");
            return;
        }
        if (!sameOrigin(origin.get(), exchange.header("host").orElse(""))) {
            throw ApiError.of(
                    403,
                    "permission_error",
                    "origin_not_allowed",
                    "Pages of " + origin.get() + " may not use this node; its operator can allow that origin (CORS).");
        }
    }

    private static boolean sameOrigin(String origin, String host) {
        try {
            String authority = new URI(origin).getAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private void checkKey(Exchange exchange) {
        if (keyDigests.isEmpty()) {
            return;
        }
        String header = exchange.header("authorization").orElse("");
        if (header.length() <= BEARER.length()
                || !header.substring(0, BEARER.length())
                        .toLowerCase(Locale.ROOT)
                        .equals(BEARER)) {
            exchange.responseHeader("www-authenticate", "Bearer");
            throw ApiError.of(
                    401,
                    "authentication_error",
                    "invalid_api_key",
                    "No API key given; send it as \"Authorization: Bearer KEY\".");
        }
        byte[] given = digest(header.substring(BEARER.length()).strip());
        boolean known = false;
        // Every key is compared in full, so that time tells nothing.
        for (byte[] key : keyDigests) {
            known |= MessageDigest.isEqual(key, given);
        }
        if (!known) {
            exchange.responseHeader("www-authenticate", "Bearer");
            throw ApiError.of(
                    401, "authentication_error", "invalid_api_key", "The API key is not one that this node knows.");
        }
    }

    private static boolean plainHeaderList(String names) {
        return names.length() <= 1000 && names.matches("[A-Za-z0-9, _-]+");
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

package io.theseus.node.http;

import io.theseus.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The dashboard: {@code GET /} and the files that it needs, which are resources of this program. They need no key, for they hold nothing
 * but code; the page asks for one where the API wants one.
 *
 * <p>The browser is told to load nothing from elsewhere, to run no script but these files, and to show the page in nobody's frame.
 */
final class PageEndpoint {
    static final String ROOT = "/";
    static final String FILES = "/dashboard/";

    private static final String INDEX = "index.html";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Plain names, one after another: no way leads out of the folder. */
    private static final Pattern NAME = Pattern.compile("(?:[A-Za-z0-9]+/){0,3}[A-Za-z0-9][A-Za-z0-9.-]*\\.[a-z]+");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    /** Only files that there are, so it does not grow. */
    private final Map<String, Asset> assets = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Asset(byte[] bytes, String type, String tag) {}

    void index(Exchange exchange) {
        send(exchange, INDEX);
    }

    void file(Exchange exchange) {
        send(exchange, exchange.path().substring(FILES.length()));
    }

    private void send(Exchange exchange, String name) {
        Asset asset = asset(name)
                .orElseThrow(() -> ApiError.of(
                        404, "invalid_request_error", "unknown_url", "The dashboard has no file of this name."));
        exchange.responseHeader("content-security-policy", POLICY);
        exchange.responseHeader("referrer-policy", "no-referrer");
        exchange.responseHeader("cross-origin-opener-policy", "same-origin");
        exchange.responseHeader("cross-origin-resource-policy", "same-origin");
        // Kept by the browser, but never used without asking: another version of the program must not meet old files.
        exchange.responseHeader("cache-control", "no-cache");
        exchange.responseHeader("etag", asset.tag());
        boolean known = exchange.header("if-none-match").orElse("").contains(asset.tag());
        exchange.send(known ? 304 : 200, asset.type(), known ? new byte[0] : asset.bytes());
    }

    private Optional<Asset> asset(String name) {
        Asset known = assets.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null || !NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        try (InputStream in = PageEndpoint.class.getResourceAsStream("dashboard/" + name)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readAllBytes();
            String tag = "\"" + Digest.sha256(bytes).hex().substring(0, 32) + "\"";
            Asset asset = new Asset(bytes, type, tag);
            assets.put(name, asset);
            return Optional.of(asset);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the dashboard's file " + name, e);
        }
    }
}

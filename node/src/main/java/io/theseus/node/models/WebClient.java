package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.ProxySetting;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks web servers, through proxies where the settings say so. Redirects are followed by hand: a login must not travel to another
 * host, and the hub tells a file's checksum only in the answer that redirects.
 */
final class WebClient implements AutoCloseable {
    private static final int MAX_REDIRECTS = 10;

    private final HttpClient client;
    private final Duration patience;

    /**
     * @param patience longest wait for a connection and for the head of an answer
     */
    WebClient(ProxySetting proxy, Duration patience) {
        this.patience = patience;
        allowProxyPasswords(proxy);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience)
                .proxy(new ByTarget(proxy));
        // Only where a proxy wants a password: with an authenticator the client makes a fault of an odd 401 of a
        // server.
        if (proxy.https().or(proxy::http).map(URI::getRawUserInfo).isPresent()) {
            builder.authenticator(new ProxyLogin(proxy));
        }
        this.client = builder.build();
    }

    /**
     * An answer.
     *
     * @param first the answer to the first request, which redirected if it is not {@code last}
     * @param last the answer with the body, to be closed by the caller
     */
    record Answer(HttpResponse<InputStream> first, HttpResponse<InputStream> last) {}

    /**
     * Gets {@code uri}.
     *
     * @param login {@code Authorization} header, for the host of {@code uri} alone
     * @throws IOException if the connection cannot be made or breaks
     * @throws TheseusException {@link ErrorCode#FETCH_FAILED} for redirects without end or out of TLS
     */
    Answer get(URI uri, Map<String, String> headers, Optional<String> login) throws IOException, InterruptedException {
        HttpResponse<InputStream> first = send(uri, headers, login);
        HttpResponse<InputStream> response = first;
        for (int hops = 0; isRedirect(response); hops++) {
            response.body().close();
            URI next = target(response);
            if (hops == MAX_REDIRECTS) {
                throw new TheseusException(
                        ErrorCode.FETCH_FAILED, uri + " redirects more than " + MAX_REDIRECTS + " times");
            }
            boolean sameServer = sameServer(uri, next);
            response = send(next, headers, sameServer ? login : Optional.empty());
        }
        return new Answer(first, response);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpResponse<InputStream> send(URI uri, Map<String, String> headers, Optional<String> login)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(patience)
                // Compressed bytes could be neither resumed nor counted.
                .header("Accept-Encoding", "identity")
                .header("User-Agent", "theseus");
        headers.forEach(request::header);
        login.ifPresent(value -> request.header("Authorization", value));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private static boolean isRedirect(HttpResponse<?> response) {
        return switch (response.statusCode()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    private static URI target(HttpResponse<?> response) {
        String location = response.headers().firstValue("Location").orElse("");
        try {
            URI next = response.uri().resolve(location);
            boolean web = "https".equals(next.getScheme()) || "http".equals(next.getScheme());
            boolean exposed = "https".equals(response.uri().getScheme()) && !"https".equals(next.getScheme());
            if (!location.isBlank() && web && !exposed && next.getHost() != null) {
                return next;
            }
        } catch (IllegalArgumentException e) {
            throw refusedRedirect(response, location, e);
        }
        throw refusedRedirect(response, location, null);
    }

    private static TheseusException refusedRedirect(
            HttpResponse<?> response, String location, @Nullable Exception cause) {
        return new TheseusException(
                ErrorCode.FETCH_FAILED,
                response.uri() + " redirects to \"" + location + "\", where nothing is fetched from",
                cause);
    }

    private static boolean sameServer(URI a, URI b) {
        return a.getScheme().equals(b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && a.getPort() == b.getPort();
    }

    /**
     * Java sends no password to a proxy in front of TLS unless this property is set before its HTTP client is first used. It is set only
     * for users whose settings hold such a password.
     */
    private static void allowProxyPasswords(ProxySetting proxy) {
        if (proxy.https().map(URI::getRawUserInfo).isPresent()) {
            System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        }
    }

    private static final class ByTarget extends ProxySelector {
        private final ProxySetting setting;

        ByTarget(ProxySetting setting) {
            this.setting = setting;
        }

        @Override
        public List<Proxy> select(URI target) {
            return List.of(setting.proxyFor(target)
                    .map(p -> new Proxy(Proxy.Type.HTTP, new InetSocketAddress(p.getHost(), port(p))))
                    .orElse(Proxy.NO_PROXY));
        }

        @Override
        public void connectFailed(URI target, SocketAddress address, IOException e) {
            // The client reports the same failure to its caller.
        }

        private static int port(URI proxy) {
            return proxy.getPort() < 0 ? 80 : proxy.getPort();
        }
    }

    private static final class ProxyLogin extends Authenticator {
        private final ProxySetting setting;

        ProxyLogin(ProxySetting setting) {
            this.setting = setting;
        }

        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            if (getRequestorType() != RequestorType.PROXY) {
                return null;
            }
            return setting.https()
                    .or(setting::http)
                    .map(URI::getRawUserInfo)
                    .map(ProxyLogin::login)
                    .orElse(null);
        }

        private static PasswordAuthentication login(String userInfo) {
            int colon = userInfo.indexOf(':');
            String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
            String password = colon < 0 ? "" : userInfo.substring(colon + 1);
            return new PasswordAuthentication(
                    URLDecoder.decode(user, StandardCharsets.UTF_8),
                    URLDecoder.decode(password, StandardCharsets.UTF_8).toCharArray());
        }
    }
}

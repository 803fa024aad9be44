package io.theseus.node.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Copies of a configuration with one thing changed. */
final class Configs {
    private Configs() {}

    static HttpConfig keepAlive(HttpConfig c, Duration interval) {
        return copy(
                c,
                c.apiKeys(),
                c.corsOrigins(),
                c.maxBodyBytes(),
                c.maxConcurrentRequests(),
                interval,
                c.receiveTimeout());
    }

    static HttpConfig keys(HttpConfig c, String... keys) {
        return copy(
                c,
                List.of(keys),
                c.corsOrigins(),
                c.maxBodyBytes(),
                c.maxConcurrentRequests(),
                c.keepAliveInterval(),
                c.receiveTimeout());
    }

    static HttpConfig origins(HttpConfig c, String... origins) {
        return copy(
                c,
                c.apiKeys(),
                List.of(origins),
                c.maxBodyBytes(),
                c.maxConcurrentRequests(),
                c.keepAliveInterval(),
                c.receiveTimeout());
    }

    static HttpConfig maxBody(HttpConfig c, int bytes) {
        return copy(
                c,
                c.apiKeys(),
                c.corsOrigins(),
                bytes,
                c.maxConcurrentRequests(),
                c.keepAliveInterval(),
                c.receiveTimeout());
    }

    static HttpConfig maxRequests(HttpConfig c, int most) {
        return copy(c, c.apiKeys(), c.corsOrigins(), c.maxBodyBytes(), most, c.keepAliveInterval(), c.receiveTimeout());
    }

    static HttpConfig receiveTimeout(HttpConfig c, Duration most) {
        return copy(
                c,
                c.apiKeys(),
                c.corsOrigins(),
                c.maxBodyBytes(),
                c.maxConcurrentRequests(),
                c.keepAliveInterval(),
                most);
    }

    static HttpConfig listen(HttpConfig c, String address, boolean allowUnauthenticated) {
        return new HttpConfig(
                address,
                c.port(),
                c.apiKeys(),
                allowUnauthenticated,
                c.corsOrigins(),
                c.allowedHosts(),
                c.maxBodyBytes(),
                c.maxConnections(),
                c.maxConcurrentRequests(),
                c.keepAliveInterval(),
                c.receiveTimeout(),
                c.idleTimeout(),
                c.stallTimeout(),
                c.answerDeadline(),
                c.scope());
    }

    private static HttpConfig copy(
            HttpConfig c,
            List<String> keys,
            List<String> origins,
            int maxBody,
            int maxRequests,
            Duration keepAlive,
            Duration receive) {
        return new HttpConfig(
                c.listen(),
                c.port(),
                keys,
                c.allowUnauthenticated(),
                origins,
                c.allowedHosts(),
                maxBody,
                c.maxConnections(),
                maxRequests,
                keepAlive,
                receive,
                c.idleTimeout(),
                receive.compareTo(c.stallTimeout()) < 0 ? receive : c.stallTimeout(),
                Optional.empty(),
                c.scope());
    }
}

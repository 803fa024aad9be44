package io.theseus.node.http;

import io.theseus.cache.Scope;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the HTTP API is offered.
 *
 * @param listen address to bind; anything but a loopback address needs {@code apiKeys} or {@code allowUnauthenticated}
 * @param port TCP port; 0 = any free one
 * @param apiKeys keys of which a request must carry one ({@code Authorization: Bearer KEY}); empty = no key asked
 * @param allowUnauthenticated the operator's explicit wish to listen beyond loopback without a key
 * @param corsOrigins web origins ({@code https://host:port}, or {@code *}) whose pages may use this node; empty = none
 * @param allowedHosts names besides localhost and its addresses by which a keyless loopback node may be addressed
 * @param maxBodyBytes largest request body
 * @param maxConnections open connections; more wait in the operating system's queue
 * @param maxConcurrentRequests requests computing an answer at the same time; more get status 429
 * @param keepAliveInterval silence after which a stream sends a comment, so that proxies and vanished clients are noticed
 * @param receiveTimeout time a client has to send its request, from the first byte to the last
 * @param idleTimeout time an unused connection stays open
 * @param stallTimeout time one write may wait for a client that does not read
 * @param answerDeadline time from a request's arrival after which its answer is cut
 * @param scope who may get a remembered answer, if its request does not say
 */
public record HttpConfig(
        String listen,
        int port,
        List<String> apiKeys,
        boolean allowUnauthenticated,
        List<String> corsOrigins,
        List<String> allowedHosts,
        int maxBodyBytes,
        int maxConnections,
        int maxConcurrentRequests,
        Duration keepAliveInterval,
        Duration receiveTimeout,
        Duration idleTimeout,
        Duration stallTimeout,
        Optional<Duration> answerDeadline,
        Scope scope) {
    public HttpConfig {
        apiKeys = List.copyOf(apiKeys);
        corsOrigins = List.copyOf(corsOrigins);
        allowedHosts = List.copyOf(allowedHosts);
        range("http port", port, 0, 65535);
        range("http max-body-bytes", maxBodyBytes, 1024, 1 << 30);
        range("http max-connections", maxConnections, 1, 1 << 20);
        range("http max-concurrent-requests", maxConcurrentRequests, 1, 1 << 20);
        positive("http keep-alive-interval", keepAliveInterval);
        positive("http receive-timeout", receiveTimeout);
        positive("http idle-timeout", idleTimeout);
        positive("http stall-timeout", stallTimeout);
        answerDeadline.ifPresent(deadline -> positive("http answer-deadline", deadline));
        for (String key : apiKeys) {
            if (key.isBlank() || !key.strip().equals(key)) {
                throw bad("an API key is empty or has spaces around it; give each key as one word");
            }
        }
        if (!loopback(listen) && apiKeys.isEmpty() && !allowUnauthenticated) {
            throw bad("listening on " + listen
                    + " offers this node to other machines, and no API key is set; set an API key, "
                    + "listen on 127.0.0.1, or say explicitly that no key is wanted");
        }
    }

    /** Loopback only, no key, the default bounds. */
    public static HttpConfig local(int port) {
        return new HttpConfig(
                "127.0.0.1",
                port,
                List.of(),
                false,
                List.of(),
                List.of(),
                10 << 20,
                1024,
                256,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofSeconds(60),
                Optional.empty(),
                Scope.PRIVATE);
    }

    /** Whether only this machine can reach the API. */
    public boolean loopbackOnly() {
        return loopback(listen);
    }

    private static boolean loopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "cannot listen on \"" + host
                            + "\": no such address; use 127.0.0.1, 0.0.0.0 or an address of this machine",
                    e);
        }
    }

    private static void range(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw bad(name + " is " + value + ", expected " + min + " to " + max);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw bad(name + " is " + value.toMillis() + " ms, expected more than 0");
        }
    }

    private static TheseusException bad(String message) {
        return new TheseusException(ErrorCode.BAD_INPUT, message);
    }
}

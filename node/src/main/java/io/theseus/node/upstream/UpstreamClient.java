package io.theseus.node.upstream;

import io.theseus.node.config.ProxySetting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sends requests to upstreams over connections that are kept open. Safe for use by many threads. */
final class UpstreamClient implements AutoCloseable {
    /** Time for the end of a response after its last byte of interest. */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    private static final int MOST_LIST_BYTES = 4 << 20;

    private final UpstreamSettings settings;
    private final SplittableRandom random; // guarded by this
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("upstream-timer").factory());
    private final HttpClient http;

    /** @param proxy for upstreams on other machines that are spoken to by TLS */
    UpstreamClient(UpstreamSettings settings, ProxySetting proxy, SplittableRandom random) {
        this.settings = settings;
        this.random = random;
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connect())
                .proxy(new Remote(proxy))
                // Its threads only report to queues, which takes less than handing over to another thread would.
                .executor(Runnable::run)
                .build();
    }

    UpstreamSettings settings() {
        return settings;
    }

    long nanoTime() {
        return System.nanoTime();
    }

    /** Between half of {@code nanos} and all of it, so that many do not come back at once. */
    synchronized long jitter(long nanos) {
        return nanos / 2 + random.nextLong(nanos / 2 + 1);
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    /** Sends {@code request} for {@code attempt}. */
    void send(Attempt attempt, UpstreamRequest request) {
        attempt.send(http, build(attempt.host().upstream(), request, attempt.addsUsage()));
    }

    /** Gives a finished attempt a moment to end by itself. */
    void drain(Attempt attempt) {
        attempt.drain();
        if (!attempt.ended()) {
            var unused = timer.schedule(attempt::cancel, DRAIN.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Asks for the list of models. */
    CompletableFuture<HttpResponse<byte[]>> models(Upstream upstream, Duration longest) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(upstream.at("/v1/models"))
                .timeout(longest)
                .header("accept", "application/json");
        upstream.key().ifPresent(key -> builder.header("authorization", "Bearer " + key));
        return http.sendAsync(
                        builder.build(),
                        HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MOST_LIST_BYTES))
                .orTimeout(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static HttpRequest build(Upstream upstream, UpstreamRequest request, boolean askUsage) {
        byte[] body = askUsage ? request.bodyWithUsage() : request.body();
        HttpRequest.Builder builder = HttpRequest.newBuilder(upstream.at(request.path()))
                .method(
                        request.method(),
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        request.headers().forEach(builder::header);
        if (request.kind() != UpstreamRequest.Kind.OTHER) {
            builder.setHeader("accept-encoding", "identity");
        }
        upstream.key().ifPresent(key -> builder.setHeader("authorization", "Bearer " + key));
        return builder.build();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        http.shutdownNow();
    }

    /** The proxy that downloads go through, but never for this machine or for plain HTTP in the house. */
    private static final class Remote extends ProxySelector {
        private final ProxySetting setting;

        Remote(ProxySetting setting) {
            this.setting = setting;
        }

        @Override
        public List<Proxy> select(URI target) {
            if (!"https".equalsIgnoreCase(target.getScheme())) {
                return List.of(Proxy.NO_PROXY);
            }
            return List.of(setting.proxyFor(target)
                    .map(p -> new Proxy(
                            Proxy.Type.HTTP, new InetSocketAddress(p.getHost(), p.getPort() < 0 ? 80 : p.getPort())))
                    .orElse(Proxy.NO_PROXY));
        }

        @Override
        public void connectFailed(URI target, SocketAddress address, IOException e) {
            // The client reports the same failure to its caller.
        }
    }
}

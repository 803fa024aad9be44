package io.theseus.node.upstream;

import io.theseus.node.config.ProxySetting;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The upstreams of a node and the models that each says it serves. Safe for use by many threads. */
public final class UpstreamPool implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(UpstreamPool.class.getName());
    private static final Duration REFRESH = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(5);
    private static final int MOST_MODELS = 10_000;

    private final List<UpstreamHost> hosts;
    private final UpstreamClient client;
    private final Map<UpstreamHost, Map<String, ObjectNode>> models = new ConcurrentHashMap<>();
    private final AtomicLong askedAt;

    /** @param proxy for upstreams elsewhere that are spoken to by TLS */
    public UpstreamPool(
            List<Upstream> upstreams, UpstreamSettings settings, ProxySetting proxy, SplittableRandom random) {
        client = new UpstreamClient(settings, proxy, random);
        hosts = upstreams.stream()
                .map(upstream -> new UpstreamHost(upstream, settings, System::nanoTime))
                .toList();
        askedAt = new AtomicLong(System.nanoTime() - LEAST_PAUSE.toNanos());
    }

    /** Asks every upstream for its models, now and then again; returns when all have answered or a few seconds have passed. */
    public void start() throws InterruptedException {
        askAll();
        var unused = client.timer()
                .scheduleWithFixedDelay(this::again, REFRESH.toMillis(), REFRESH.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void again() {
        try {
            askAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void askAll() throws InterruptedException {
        askedAt.set(System.nanoTime());
        CountDownLatch open = new CountDownLatch(hosts.size());
        for (UpstreamHost host : hosts) {
            client.models(host.upstream(), LONGEST).whenComplete((response, fault) -> {
                learn(host, response, fault);
                open.countDown();
            });
        }
        boolean all = open.await(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
        LOG.log(System.Logger.Level.DEBUG, "upstreams asked for their models all=" + all);
    }

    private void learn(UpstreamHost host, @Nullable HttpResponse<byte[]> response, @Nullable Throwable fault) {
        Upstream upstream = host.upstream();
        Optional<ObjectNode> body = response == null || response.statusCode() != 200
                ? Optional.empty()
                : UpstreamJson.object(response.body());
        if (body.isEmpty()) {
            if (!models.containsKey(host)) {
                String why = fault != null
                        ? String.valueOf(fault.getMessage())
                        : response == null ? "no answer" : "status " + response.statusCode();
                LOG.log(
                        System.Logger.Level.WARNING,
                        "upstream does not say its models upstream=" + upstream + " cause=" + why);
            }
            return;
        }
        Map<String, ObjectNode> found = new LinkedHashMap<>();
        for (JsonNode entry : body.get().path("data")) {
            if (entry instanceof ObjectNode model && model.path("id").isString() && found.size() < MOST_MODELS) {
                found.putIfAbsent(model.path("id").stringValue(), model);
            }
        }
        Map<String, ObjectNode> before = models.put(host, found);
        if (before == null || !before.keySet().equals(found.keySet())) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "upstream upstream=" + upstream + " models=" + String.join(",", found.keySet()));
        }
    }

    /**
     * Who can answer with {@code model}, healthiest first.
     *
     * @param model empty = any
     * @param sole whether there is nobody else: then a lone upstream decides itself which names it knows
     */
    public List<UpstreamHost> serving(String model, boolean sole, boolean stream) throws InterruptedException {
        List<UpstreamHost> found = known(model);
        if (found.isEmpty() && sole && hosts.size() == 1) {
            return hosts;
        }
        if (found.isEmpty() && !model.isEmpty() && mayAsk()) {
            // It may be new there.
            askAll();
            found = known(model);
        }
        List<UpstreamHost> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparing((UpstreamHost host) -> !host.breaker().passable())
                .thenComparingDouble(host -> host.load(stream)));
        return sorted;
    }

    private List<UpstreamHost> known(String model) {
        if (model.isEmpty()) {
            return hosts.subList(0, 1);
        }
        return hosts.stream()
                .filter(host -> models.getOrDefault(host, Map.of()).containsKey(model))
                .toList();
    }

    private boolean mayAsk() {
        long last = askedAt.get();
        long now = System.nanoTime();
        return now - last > LEAST_PAUSE.toNanos() && askedAt.compareAndSet(last, now);
    }

    /** Every model that is served, as the first upstream with it describes it. */
    public Map<String, ObjectNode> models() {
        Map<String, ObjectNode> all = new LinkedHashMap<>();
        for (UpstreamHost host : hosts) {
            models.getOrDefault(host, Map.of()).forEach(all::putIfAbsent);
        }
        return all;
    }

    /** In the order of the settings. */
    public List<UpstreamHost> hosts() {
        return hosts;
    }

    UpstreamClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
    }
}

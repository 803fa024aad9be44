package io.theseus.node.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import io.theseus.node.upstream.UpstreamRelay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The HTTP API, listening. */
public final class HttpServer implements AutoCloseable {
    /** Held here, since java.util.logging forgets the level of a logger that nobody holds. */
    private static final Logger HELIDON_LOG = Logger.getLogger("io.helidon");

    /** Calls the closing of its own socket an error, now and then. */
    private static final Logger LISTENER_LOG = Logger.getLogger("io.helidon.webserver.ServerListener");

    /** Time for last events to be written once the engines have stopped. */
    private static final Duration FLUSH_GRACE = Duration.ofSeconds(2);

    private final HttpConfig config;
    private final ServedModels models;
    private final WebServer server;
    private final ConnectionSupervisor supervisor;
    private final Metrics metrics;
    private final RequestEvents followers;

    private HttpServer(
            HttpConfig config,
            ServedModels models,
            WebServer server,
            ConnectionSupervisor supervisor,
            Metrics metrics,
            RequestEvents followers) {
        this.config = config;
        this.models = models;
        this.server = server;
        this.supervisor = supervisor;
        this.metrics = metrics;
        this.followers = followers;
    }

    /**
     * Starts listening; {@code models} may still be loading.
     *
     * @throws TheseusException {@code BAD_INPUT} if the address or port cannot be bound
     */
    public static HttpServer start(HttpConfig config, ServedModels models, RequestLog log, InstantSource clock) {
        return start(config, models, Optional.empty(), log, clock);
    }

    /**
     * {@link #start(HttpConfig, ServedModels, RequestLog, InstantSource)} with a look at what is remembered.
     *
     * @param cache what the models remember with, for those who ask about it
     */
    public static HttpServer start(
            HttpConfig config, ServedModels models, Optional<AnswerCache> cache, RequestLog log, InstantSource clock) {
        return start(config, models, cache, Optional.empty(), log, clock);
    }

    /**
     * {@link #start(HttpConfig, ServedModels, Optional, RequestLog, InstantSource)} in front of other engines.
     *
     * @param relay to them
     */
    public static HttpServer start(
            HttpConfig config,
            ServedModels models,
            Optional<AnswerCache> cache,
            Optional<UpstreamRelay> relay,
            RequestLog log,
            InstantSource clock) {
        HELIDON_LOG.setLevel(Level.WARNING);
        requireFree(config);
        Metrics metrics = new Metrics();
        Json json = new Json(config.maxBodyBytes());
        Ids ids = new Ids(new SecureRandom());
        ConnectionSupervisor supervisor = new ConnectionSupervisor(config);
        RequestEvents followers = new RequestEvents();
        EventsEndpoint events = new EventsEndpoint(followers, config.keepAliveInterval(), clock);
        LayerCounts layers = new LayerCounts();
        List<Endpoint.Route> routes = new ArrayList<>(routes(config, models, relay, clock, ids, metrics));
        routes.addAll(memoryRoutes(models, cache, relay, layers, events));
        routes.addAll(promptRoutes(models, clock));
        PageEndpoint page = new PageEndpoint();
        routes.add(new Endpoint.Route("GET", PageEndpoint.ROOT, PageEndpoint.ROOT, true, page::index));
        routes.add(new Endpoint.Route("GET", PageEndpoint.FILES, PageEndpoint.FILES + "{file}", true, page::file));
        routes.add(metricsRoute(
                metrics,
                new CacheMetrics(cache, relay.flatMap(UpstreamRelay::meanings), layers),
                relay,
                models,
                supervisor));
        RequestLog told = entry -> {
            layers.add(entry);
            events.publish(entry);
            log.accept(entry);
        };
        Dispatcher dispatcher = new Dispatcher(config, routes, metrics, told, json, ids);
        WebServer server = WebServer.builder()
                .host(config.listen())
                .port(config.port())
                .protocolsDiscoverServices(false)
                .addConnectionSelector(supervisor)
                .maxTcpConnections(config.maxConnections())
                .idleConnectionTimeout(config.idleTimeout())
                .connectionOptions(options -> options.tcpNoDelay(true))
                .shutdownGracePeriod(Duration.ofMillis(200))
                .shutdownHook(false)
                .directHandlers(directHandlers(json))
                .addRouting(HttpRouting.builder().any(dispatcher::handle))
                .build();
        server.start();
        if (!server.isRunning()) {
            supervisor.close();
            throw cannotListen(config, new IOException("the port was taken at this moment"));
        }
        return new HttpServer(config, models, server, supervisor, metrics, followers);
    }

    private static List<Endpoint.Route> routes(
            HttpConfig config,
            ServedModels models,
            Optional<UpstreamRelay> relay,
            InstantSource clock,
            Ids ids,
            Metrics metrics) {
        ModelEndpoints about = new ModelEndpoints(models, relay.map(UpstreamRelay::pool));
        Answering answering = new Answering(config, metrics);
        Optional<UpstreamEndpoint> upstream =
                relay.map(to -> new UpstreamEndpoint(to, models, answering, metrics, config));
        UnaryOperator<Endpoint> first =
                local -> upstream.map(to -> to.before(local)).orElse(local);
        ModelTools tools = new ModelTools();
        ChatEndpoint chat =
                new ChatEndpoint(models, answering, tools, config.answerDeadline(), config.scope(), clock, ids);
        CompletionEndpoint completion =
                new CompletionEndpoint(models, answering, config.answerDeadline(), config.scope(), clock, ids);
        TokenEndpoints tokens = new TokenEndpoints(models, tools, clock);
        EmbeddingEndpoint embeddings = new EmbeddingEndpoint(models, answering);
        List<Endpoint.Route> routes = new ArrayList<>(List.of(
                answering("/v1/embeddings", first.apply(embeddings::answer)),
                answering("/v1/chat/completions", first.apply(chat::answer)),
                answering("/v1/completions", first.apply(completion::answer)),
                new Endpoint.Route("POST", "/tokenize", "/tokenize", false, tokens::tokenize),
                new Endpoint.Route("POST", "/detokenize", "/detokenize", false, tokens::detokenize),
                new Endpoint.Route("POST", "/apply-template", "/apply-template", false, chat::applyTemplate),
                new Endpoint.Route("GET", "/v1/models", "/v1/models", false, about::list),
                new Endpoint.Route("GET", ModelEndpoints.MODEL_PREFIX, "/v1/models/{id}", false, about::one),
                new Endpoint.Route("GET", "/health", "/health", true, about::health)));
        upstream.ifPresent(to -> routes.add(new Endpoint.Route("*", "/v1/", "/v1/*", false, to::other)));
        return routes;
    }

    private static Endpoint.Route answering(String path, Endpoint endpoint) {
        return new Endpoint.Route("POST", path, path, false, endpoint);
    }

    private static List<Endpoint.Route> memoryRoutes(
            ServedModels models,
            Optional<AnswerCache> cache,
            Optional<UpstreamRelay> relay,
            LayerCounts layers,
            EventsEndpoint events) {
        CacheEndpoints answers = new CacheEndpoints(cache);
        StatsEndpoint stats = new StatsEndpoint(models, cache, relay, layers);
        String one = CacheEndpoints.ONE + "{key}";
        return List.of(
                new Endpoint.Route("GET", CacheEndpoints.LIST, CacheEndpoints.LIST, false, answers::list),
                new Endpoint.Route("DELETE", CacheEndpoints.LIST, CacheEndpoints.LIST, false, answers::clear),
                new Endpoint.Route("GET", CacheEndpoints.ONE, one, false, answers::show),
                new Endpoint.Route("DELETE", CacheEndpoints.ONE, one, false, answers::delete),
                new Endpoint.Route("POST", CacheEndpoints.ONE, one, false, answers::pin),
                new Endpoint.Route("GET", "/theseus/v1/stats", "/theseus/v1/stats", false, stats::show),
                new Endpoint.Route("GET", "/theseus/v1/events", "/theseus/v1/events", false, events::stream));
    }

    private static List<Endpoint.Route> promptRoutes(ServedModels models, InstantSource clock) {
        PromptEndpoints prompts = new PromptEndpoints(models, new ModelTools(), clock);
        String one = PromptEndpoints.ONE + "{id}";
        return List.of(
                new Endpoint.Route("GET", PromptEndpoints.LIST, PromptEndpoints.LIST, false, prompts::list),
                new Endpoint.Route("POST", PromptEndpoints.LIST, PromptEndpoints.LIST, false, prompts::pin),
                new Endpoint.Route("DELETE", PromptEndpoints.ONE, one, false, prompts::unpin));
    }

    private static Endpoint.Route metricsRoute(
            Metrics metrics,
            CacheMetrics cache,
            Optional<UpstreamRelay> relay,
            ServedModels models,
            ConnectionSupervisor supervisor) {
        return new Endpoint.Route("GET", "/metrics", "/metrics", false, exchange -> {
            StringBuilder text = new StringBuilder(metrics.text(models, supervisor.open()));
            cache.write(text, models);
            relay.ifPresent(to -> UpstreamMetrics.write(text, to));
            exchange.send(
                    200,
                    "text/plain; version=0.0.4; charset=utf-8",
                    text.toString().getBytes(StandardCharsets.UTF_8));
        });
    }

    /** What Helidon refuses before any handler sees it, in the API's own shape. */
    private static DirectHandlers directHandlers(Json json) {
        DirectHandler handler = (request, type, status, headers, message) -> {
            ApiError error = ApiError.of(
                            status.code(),
                            status.code() < 500 ? "invalid_request_error" : "server_error",
                            status.code() < 500 ? "bad_request" : "internal_error",
                            message == null || message.isEmpty() ? status.reasonPhrase() : message)
                    .error();
            return DirectHandler.TransportResponse.builder()
                    .status(status)
                    .headers(headers)
                    .header(HeaderNames.CONTENT_TYPE, "application/json")
                    .keepAlive(false)
                    .entity(json.bytes(error.json()))
                    .build();
        };
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, handler);
        }
        return handlers.build();
    }

    /** Binds for a moment: Helidon only logs that it could not, and goes on. */
    private static void requireFree(HttpConfig config) {
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(new InetSocketAddress(InetAddress.getByName(config.listen()), config.port()));
        } catch (IOException e) {
            throw cannotListen(config, e);
        }
    }

    private static TheseusException cannotListen(HttpConfig config, IOException e) {
        return new TheseusException(
                ErrorCode.BAD_INPUT,
                "cannot listen on " + config.listen() + ":" + config.port() + ": " + e.getMessage()
                        + "; stop the program that has this port, or choose another address or --port (0 = any free one)",
                e);
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** The base address for clients on this machine, such as {@code http://127.0.0.1:8484}. */
    public URI address() {
        String host = config.listen();
        if (host.equals("0.0.0.0") || host.equals("::")) {
            host = "127.0.0.1";
        }
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
    }

    /**
     * Refuses new answers, lets running ones finish for at most {@code grace}, ends the rest with a final event that says so, and
     * stops listening. Shuts the models' engines down as well.
     */
    public void stop(Duration grace) {
        List<ServedModel> served = models.models();
        models.stopping();
        List<Thread> shutdowns = served.stream()
                .map(model -> Thread.ofVirtual().start(() -> model.engine().shutdown(grace.toMillis())))
                .toList();
        boolean interrupted = false;
        for (Thread shutdown : shutdowns) {
            interrupted |= !join(shutdown, grace.plus(FLUSH_GRACE));
        }
        followers.close(EventsEndpoint.farewell());
        interrupted |= !awaitQuiet();
        LISTENER_LOG.setLevel(Level.OFF);
        server.stop();
        LISTENER_LOG.setLevel(null);
        supervisor.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean join(Thread thread, Duration most) {
        try {
            thread.join(most);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private boolean awaitQuiet() {
        try {
            metrics.awaitNone(FLUSH_GRACE);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Stops at once. */
    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}

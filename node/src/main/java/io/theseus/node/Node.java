package io.theseus.node;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.http.HttpConfig;
import io.theseus.node.http.HttpServer;
import io.theseus.node.http.RequestLog;
import io.theseus.node.upstream.UpstreamRelay;
import io.theseus.orchestrator.meaning.Meanings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A node that serves: everything it is made of is put together here. */
public final class Node implements AutoCloseable {
    /** Time a client has to send its request, from the first byte to the last. */
    private static final Duration RECEIVE_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(60);

    private final HttpServer server;
    private final Optional<LoadedModel> model;
    private final Optional<EmbeddingModel> embedding;
    private final Optional<AnswerCache> cache;
    private final Optional<UpstreamRelay> upstreams;
    private final Duration grace;

    private Node(
            HttpServer server,
            Optional<LoadedModel> model,
            Optional<EmbeddingModel> embedding,
            Optional<AnswerCache> cache,
            Optional<UpstreamRelay> upstreams,
            Duration grace) {
        this.server = server;
        this.model = model;
        this.embedding = embedding;
        this.cache = cache;
        this.upstreams = upstreams;
        this.grace = grace;
    }

    /** How a node gets its model; it may take as long as a download. */
    @FunctionalInterface
    public interface ModelSource {
        LoadedModel open() throws InterruptedException;
    }

    /**
     * Listens, then loads the model; until that is done requests hear that it is loading.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if it cannot listen as configured, or what opening the model throws
     */
    public static Node assemble(NodeConfig config, ModelSource source, RequestLog log, InstantSource clock)
            throws InterruptedException {
        Optional<EmbeddingModel> embedding = EmbeddingModel.of(config, clock);
        ServedModels served = ServedModels.loading(embedding);
        Optional<AnswerCache> cache = NodeCache.open(config, clock);
        Optional<Meanings> meanings = NodeCache.meanings(config, cache, embedding);
        Optional<UpstreamRelay> upstreams = Optional.empty();
        HttpServer server;
        try {
            upstreams = NodeUpstreams.of(config, cache, meanings);
            server = HttpServer.start(http(config), served, cache, upstreams, log, clock);
        } catch (RuntimeException | Error e) {
            release(upstreams, cache);
            throw e;
        }
        try {
            if (upstreams.isPresent()) {
                upstreams.get().pool().start();
            }
            Optional<LoadedModel> model = config.upstreams().ownModel()
                    ? Optional.of(remembering(source.open(), cache, meanings))
                    : Optional.empty();
            served.ready(model.map(LoadedModel::served).stream().toList());
            return new Node(
                    server, model, embedding, cache, upstreams, config.http().shutdownGrace());
        } catch (RuntimeException | Error | InterruptedException e) {
            server.close();
            release(upstreams, cache);
            throw e;
        }
    }

    private static LoadedModel remembering(
            LoadedModel loaded, Optional<AnswerCache> cache, Optional<Meanings> meanings) {
        return cache.map(open -> loaded.remembering(open, meanings)).orElse(loaded);
    }

    private static void release(Optional<UpstreamRelay> upstreams, Optional<AnswerCache> cache) {
        upstreams.ifPresent(relay -> relay.pool().close());
        cache.ifPresent(AnswerCache::close);
    }

    private static HttpConfig http(NodeConfig config) {
        NodeConfig.Http http = config.http();
        NodeConfig.Engine engine = config.engine();
        return new HttpConfig(
                http.listen(),
                http.port(),
                http.apiKeys().map(Node::keys).orElse(List.of()),
                http.allowUnauthenticated(),
                http.corsOrigins(),
                List.of(),
                Math.toIntExact(Math.min(http.maxBody().bytes(), 1 << 30)),
                http.maxConnections(),
                // The scheduler's own queue decides; one more place lets it say so.
                config.upstreams().addresses().isEmpty()
                        ? engine.maxRunning() + engine.queue() + 1
                        : http.maxConnections(),
                http.keepAlive(),
                RECEIVE_TIMEOUT,
                IDLE_TIMEOUT,
                STALL_TIMEOUT,
                engine.deadline(),
                config.cache().scope());
    }

    private static List<String> keys(Path file) {
        try {
            List<String> keys = Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
            if (keys.isEmpty()) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT, "the file of api-keys, " + file + ", holds no key; write one a line");
            }
            return keys;
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "cannot read the file of api-keys, " + file + ": " + e.getMessage(), e);
        }
    }

    /** The base address for clients on this machine. */
    public URI address() {
        return server.address();
    }

    /** The model of this node's own, if it has one. */
    public Optional<LoadedModel> model() {
        return model;
    }

    /** Names of the models that can be asked for, this node's own first. */
    public List<String> modelNames() {
        List<String> names = new ArrayList<>();
        model.ifPresent(own -> names.add(own.id()));
        upstreams.ifPresent(relay -> names.addAll(relay.pool().models().keySet()));
        return names;
    }

    /** Lets running answers finish for the configured time, ends the others with an event that says so, and gives all back. */
    @Override
    public void close() {
        server.stop(grace);
        model.ifPresent(LoadedModel::close);
        embedding.ifPresent(EmbeddingModel::close);
        release(upstreams, cache);
    }
}

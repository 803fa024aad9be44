package io.theseus.node.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Stands between Helidon's HTTP/1.1 connections and their sockets: gives each request its {@link ClientConnection}, and cuts
 * connections that stay too long in one phase (a request that trickles in, a client that does not read its answer).
 */
final class ConnectionSupervisor implements ServerConnectionSelector, AutoCloseable {
    /** The connection of the request that this thread handles. */
    static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

    /** Room for the request line, headers and chunk framing beside the body. */
    private static final long FRAMING_BYTES = 1 << 20;

    private final Http1ConnectionSelector http1;
    private final HttpConfig config;
    private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService reaper;

    ConnectionSupervisor(HttpConfig config) {
        this.config = config;
        this.http1 = Http1ConnectionSelector.builder()
                .config(Http1Config.builder()
                        .maxHeadersSize(32 << 10)
                        .maxPrologueLength(8 << 10)
                        .build())
                .build();
        this.reaper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("http-reaper").factory());
        long period = Math.max(50, shortestTimeout().toMillis() / 4);
        // Its future is done only when it is cancelled.
        var _ = reaper.scheduleWithFixedDelay(this::cutOverdue, period, period, TimeUnit.MILLISECONDS);
    }

    private Duration shortestTimeout() {
        Duration shortest = config.receiveTimeout();
        shortest = shortest.compareTo(config.idleTimeout()) < 0 ? shortest : config.idleTimeout();
        return shortest.compareTo(config.stallTimeout()) < 0 ? shortest : config.stallTimeout();
    }

    private void cutOverdue() {
        for (ClientConnection connection : connections) {
            Duration limit = switch (connection.phase()) {
                case IDLE -> config.idleTimeout();
                case RECEIVING -> config.receiveTimeout();
                case WRITING -> config.stallTimeout();
                case WORKING -> null;
            };
            if (limit != null && connection.phaseNanos() > limit.toNanos()) {
                connection.cut();
            }
        }
    }

    /** Open connections. */
    int open() {
        return connections.size();
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http1.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http1.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        ClientConnection client = new ClientConnection(
                context.serverSocket(), context.dataReader(), config.maxBodyBytes() + FRAMING_BYTES, System::nanoTime);
        return new Supervised(http1.connection(new Context(context, DataReader.create(client::get))), client);
    }

    @Override
    public void close() {
        reaper.shutdownNow();
    }

    /** Helidon's connection, with its client bound to the thread that serves it. */
    private final class Supervised implements ServerConnection, InterruptableTask<Void> {
        private final ServerConnection delegate;
        private final ClientConnection client;

        Supervised(ServerConnection delegate, ClientConnection client) {
            this.delegate = delegate;
            this.client = client;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            connections.add(client);
            try {
                ScopedValue.where(CURRENT, client).call(() -> {
                    delegate.handle(limit);
                    return true;
                });
            } finally {
                connections.remove(client);
                client.left();
            }
        }

        @Override
        public Duration idleTime() {
            return delegate.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            delegate.close(interrupt);
        }

        @Override
        public boolean canInterrupt() {
            return delegate instanceof InterruptableTask<?> task && task.canInterrupt();
        }
    }

    /** Helidon's context with another reader. */
    private record Context(ConnectionContext delegate, DataReader dataReader) implements ConnectionContext {
        @Override
        public ListenerContext listenerContext() {
            return delegate.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return delegate.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return delegate.dataWriter();
        }

        @Override
        public Router router() {
            return delegate.router();
        }

        @Override
        public HelidonSocket serverSocket() {
            return delegate.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return delegate.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return delegate.localPeer();
        }

        @Override
        public boolean isSecure() {
            return delegate.isSecure();
        }

        @Override
        public String socketId() {
            return delegate.socketId();
        }

        @Override
        public String childSocketId() {
            return delegate.childSocketId();
        }
    }
}

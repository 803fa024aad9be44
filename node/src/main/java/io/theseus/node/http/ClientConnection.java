package io.theseus.node.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: the source of its bytes, and the eye on whether it is still there.
 *
 * <p>All bytes of the connection pass through {@link #get()}. While an answer is computed nobody would read, so a client that
 * leaves would go unseen until something is written; {@link #watch} then reads ahead on a thread of its own. The end of the
 * stream means the client left. Bytes that arrive instead (a next request, sent early) are kept for the next {@code get()}.
 * A client that closes its sending half and waits for the answer counts as gone, as it does for most HTTP servers.
 */
final class ClientConnection implements Supplier<byte @Nullable []> {
    /** What the connection is doing; each phase has a time it may take. */
    enum Phase {
        IDLE,
        RECEIVING,
        WORKING,
        WRITING
    }

    private final HelidonSocket socket;
    private final DataReader opened;
    private final long maxRequestBytes;
    private final LongSupplier nanoTime;

    /** Bytes read ahead; used by the connection's own thread only. */
    private @Nullable CompletableFuture<byte @Nullable []> ahead;

    private volatile Phase phase = Phase.RECEIVING;
    private volatile long phaseSince;
    private long received;
    private long allowed;

    /** Guarded by this. */
    private boolean gone;

    /** Guarded by this. */
    private @Nullable Runnable onGone;

    /**
     * @param opened the reader that the connection began with; what it already holds comes first
     * @param maxRequestBytes most bytes of one request, head and body, chunk framing included
     */
    ClientConnection(HelidonSocket socket, DataReader opened, long maxRequestBytes, LongSupplier nanoTime) {
        this.socket = socket;
        this.opened = opened;
        this.maxRequestBytes = maxRequestBytes;
        this.nanoTime = nanoTime;
        this.allowed = maxRequestBytes;
        this.phaseSince = nanoTime.getAsLong();
    }

    /** The next bytes, or null at the end of the stream. */
    @Override
    public byte @Nullable [] get() {
        byte[] bytes = next();
        if (bytes != null) {
            if (phase == Phase.IDLE) {
                enter(Phase.RECEIVING);
                received = 0;
                allowed = maxRequestBytes;
            }
            received += bytes.length;
            if (received > allowed) {
                throw new CloseConnectionException("request of more than " + allowed + " bytes");
            }
        }
        return bytes;
    }

    private byte @Nullable [] next() {
        if (opened.available() > 0) {
            return opened.readBytes(opened.available());
        }
        CompletableFuture<byte @Nullable []> pending = ahead;
        if (pending == null) {
            return read();
        }
        ahead = null;
        try {
            return pending.get();
        } catch (ExecutionException e) {
            throw new ServerConnectionException("the client's connection failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("the server closes this connection", e);
        }
    }

    private byte @Nullable [] read() {
        try {
            return socket.get();
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("the client's connection failed", e);
        }
    }

    /** Runs {@code action} once if the client leaves from now on, or at once if it has left, until {@link #unwatch()}. */
    void watch(Runnable action) {
        boolean already;
        synchronized (this) {
            already = gone;
            onGone = already ? null : action;
        }
        if (already) {
            action.run();
            return;
        }
        if (ahead == null && opened.available() == 0) {
            CompletableFuture<byte @Nullable []> pending = new CompletableFuture<>();
            ahead = pending;
            Thread.ofVirtual().name("client-watch").start(() -> readAhead(pending));
        }
    }

    private void readAhead(CompletableFuture<byte @Nullable []> pending) {
        try {
            byte[] bytes = socket.get();
            if (bytes == null) {
                left();
            }
            pending.complete(bytes);
        } catch (RuntimeException e) {
            left();
            pending.completeExceptionally(e);
        }
    }

    /** Called when a read or write shows that the client is gone. */
    void left() {
        Runnable action;
        synchronized (this) {
            gone = true;
            action = onGone;
            onGone = null;
        }
        if (action != null) {
            action.run();
        }
    }

    synchronized boolean isGone() {
        return gone;
    }

    /** No action is run from now on. */
    synchronized void unwatch() {
        onGone = null;
    }

    /** Lets the client send {@code bytes} more in this request. */
    void allow(long bytes) {
        allowed = received + bytes;
    }

    void enter(Phase next) {
        phaseSince = nanoTime.getAsLong();
        phase = next;
    }

    Phase phase() {
        return phase;
    }

    long phaseNanos() {
        return nanoTime.getAsLong() - phaseSince;
    }

    /** Cuts the connection; whatever reads or writes on it fails. */
    void cut() {
        left();
        try {
            socket.close();
        } catch (UncheckedIOException e) {
            // Closing is all that was wanted; it was already broken.
            System.getLogger(ClientConnection.class.getName()).log(System.Logger.Level.TRACE, "closing failed", e);
        }
    }
}

package io.theseus.node.http;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/**
 * A response of server-sent events. Every event is flushed: a token is worth a packet.
 *
 * <p>Source: WHATWG HTML, 9.2 Server-sent events; the closing {@code data: [DONE]} is OpenAI's.
 */
final class EventStream implements AutoCloseable {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private final ClientConnection client;
    private final Json json;
    private boolean ended;

    EventStream(OutputStream out, ClientConnection client, Json json) {
        this.out = out;
        this.client = client;
        this.json = json;
    }

    /**
     * Sends one event.
     *
     * @throws ClientGone if nobody listens any more
     */
    void send(ObjectNode data) {
        write(DATA, json.bytes(data), END);
    }

    /** A comment, which clients ignore. */
    void keepAlive() {
        write(KEEP_ALIVE);
    }

    /** Events of another engine, as it sent them. */
    void relay(byte[] events) {
        write(events);
    }

    /** The last event of a complete answer. */
    void done() {
        write(DONE);
        close();
    }

    /** The last event of an answer that cannot be completed. */
    void fail(ApiError error) {
        if (!ended) {
            send(error.json());
            close();
        }
    }

    private void write(byte[]... parts) {
        client.enter(ClientConnection.Phase.WRITING);
        try {
            for (byte[] part : parts) {
                out.write(part);
            }
            out.flush();
        } catch (IOException | UncheckedIOException e) {
            throw gone(e);
        } catch (RuntimeException e) {
            // Helidon's exceptions for a broken connection have no common type of their own.
            throw gone(e);
        }
        client.enter(ClientConnection.Phase.WORKING);
    }

    private ClientGone gone(Exception cause) {
        ended = true;
        client.left();
        return new ClientGone(cause);
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            out.close();
        } catch (IOException | RuntimeException e) {
            throw gone(e);
        }
    }
}

package io.theseus.node.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/**
 * A response of server-sent events. While an answer is computed every event is flushed: a token is worth a packet. The events of a
 * remembered one are all there, and go many to a packet.
 *
 * <p>Source: WHATWG HTML, 9.2 Server-sent events; the closing {@code data: [DONE]} is OpenAI's.
 */
final class EventStream implements AutoCloseable {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    /** About what a local network takes at once; a long remembered answer begins to arrive before it is all written. */
    private static final int PACKET = 1 << 14;

    private final OutputStream out;
    private final boolean packed;
    private final ByteArrayOutputStream packet = new ByteArrayOutputStream(1 << 10);
    private final ClientConnection client;
    private final Json json;
    private boolean ended;

    /** @param packed whether events may wait for those that follow; the last is sent at once */
    EventStream(OutputStream out, boolean packed, ClientConnection client, Json json) {
        this.out = out;
        this.packed = packed;
        this.client = client;
        this.json = json;
    }

    /**
     * Sends one event.
     *
     * @throws ClientGone if nobody listens any more
     */
    void send(ObjectNode data) {
        packet.writeBytes(DATA);
        packet.writeBytes(json.bytes(data));
        packet.writeBytes(END);
        if (!packed || packet.size() >= PACKET) {
            flush();
        }
    }

    /** A comment, which clients ignore. */
    void keepAlive() {
        packet.writeBytes(KEEP_ALIVE);
        flush();
    }

    /** Events of another engine, as it sent them. */
    void relay(byte[] events) {
        packet.writeBytes(events);
        flush();
    }

    /** The last event of a complete answer. */
    void done() {
        packet.writeBytes(DONE);
        close();
    }

    /** The last event of an answer that cannot be completed. */
    void fail(ApiError error) {
        if (!ended) {
            send(error.json());
            close();
        }
    }

    private void flush() {
        client.enter(ClientConnection.Phase.WRITING);
        try {
            packet.writeTo(out);
            packet.reset();
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
        if (packet.size() > 0) {
            flush();
        }
        ended = true;
        try {
            out.close();
        } catch (IOException | RuntimeException e) {
            throw gone(e);
        }
    }
}

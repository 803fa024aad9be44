package io.theseus.node.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A client that speaks bytes, to do what well-behaved clients never do. */
final class RawClient implements AutoCloseable {
    private final Socket socket = new Socket();

    RawClient(URI server) throws IOException {
        socket.setSoTimeout(10_000);
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    void post(String path, String body) throws IOException {
        send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    /** Reads until {@code marker} has come, and returns all that came. */
    String readUntil(String marker) throws IOException {
        StringBuilder text = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (text.indexOf(marker) < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("the connection ended before \"" + marker + "\"; it said: " + text);
            }
            text.append((char) b);
        }
        return text.toString();
    }

    /** Reads until {@code marker} has come and keeps none of it but the end. */
    void finishReading(String marker) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[1 << 16];
        String tail = "";
        while (!tail.contains(marker)) {
            int read;
            try {
                read = in.read(buffer);
            } catch (SocketTimeoutException e) {
                read = -1;
            }
            if (read < 0) {
                throw new IOException("the connection ended before \"" + marker + "\"; it said at last: " + tail);
            }
            String all = tail + new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
            tail = all.substring(Math.max(0, all.length() - 1000));
        }
    }

    /** Reads to the end of the connection. */
    String readAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

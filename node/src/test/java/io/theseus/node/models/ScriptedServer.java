package io.theseus.node.models;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A web server on a bare socket that can do what a decent library would not let it: lie, stall and hang up. */
final class ScriptedServer implements AutoCloseable {
    /** What was asked: the request line and the headers, their names in lower case. */
    record Request(String line, Map<String, String> headers) {
        String path() {
            return line.split(" ")[1];
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** Writes any bytes; the connection is closed afterwards. */
    interface Reply {
        void to(Request request, OutputStream out) throws IOException;
    }

    private final ServerSocket socket;
    private final Deque<Reply> script = new ArrayDeque<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    ScriptedServer() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    /** Adds what to do for the next request; the last one answers all that follow. */
    synchronized ScriptedServer then(Reply reply) {
        script.add(reply);
        return this;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
    }

    int port() {
        return socket.getLocalPort();
    }

    List<Request> requests() {
        return requests;
    }

    static Reply status(int status, String... headers) {
        return (request, out) -> head(out, status, headers);
    }

    /** The whole file, whatever was asked. */
    static Reply whole(byte[] file, String... headers) {
        return (request, out) -> {
            head(out, 200, with(headers, "Content-Length: " + file.length));
            out.write(file);
        };
    }

    /** As an honest server would: ranges, and If-Range against {@code tag}. Hangs up after {@code most} bytes. */
    static Reply ranges(byte[] file, String tag, int most) {
        return (request, out) -> {
            String range = request.header("range");
            String condition = request.header("if-range");
            int start = range.isEmpty() || !condition.isEmpty() && !condition.equals(tag)
                    ? 0
                    : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            if (start > 0 && start >= file.length) {
                head(out, 416, "Content-Range: bytes */" + file.length);
                return;
            }
            String[] headers = {"ETag: " + tag, "Content-Length: " + (file.length - start)};
            if (start > 0) {
                head(
                        out,
                        206,
                        with(headers, "Content-Range: bytes " + start + "-" + (file.length - 1) + "/" + file.length));
            } else {
                head(out, 200, headers);
            }
            out.write(file, start, Math.min(most, file.length - start));
        };
    }

    static void head(OutputStream out, int status, String... headers) throws IOException {
        String text =
                "HTTP/1.1 " + status + " X\r\n" + String.join("\r\n", with(headers, "Connection: close")) + "\r\n\r\n";
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String[] with(String[] headers, String one) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = one;
        return all;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            Request request = read(new BufferedInputStream(connection.getInputStream()));
            Reply reply;
            synchronized (this) {
                requests.add(request);
                reply = script.size() > 1 ? script.poll() : script.peek();
            }
            OutputStream out = connection.getOutputStream();
            reply.to(request, out);
            out.flush();
        } catch (IOException e) {
            // The client hung up, which is for the client's test to judge.
            return;
        }
    }

    private static Request read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("no request");
            }
            head.append((char) c);
        }
        String[] lines = head.toString().split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        return new Request(lines[0], headers);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

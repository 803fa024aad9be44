package io.theseus.node.upstream;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another engine's server, on a bare socket: it says whatever bytes the test wants, and knows when its client hangs up. */
public final class FakeUpstream implements AutoCloseable {
    /** What was asked; names of headers in lower case. */
    public record Request(String method, String target, Map<String, String> headers, String body) {
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** What is done for one request. */
    public interface Reply {
        void to(Wire wire) throws IOException;
    }

    private final ServerSocket socket;
    private final String models;
    private final Deque<Reply> script = new ArrayDeque<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Request> arrivals = new LinkedBlockingQueue<>();
    private final BlockingQueue<Request> hangUps = new LinkedBlockingQueue<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();

    /** @param models names of those it lists */
    public FakeUpstream(String... models) throws IOException {
        socket = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
        this.models = Stream.of(models)
                .map(id -> "{\"id\":\"" + id + "\",\"object\":\"model\",\"owned_by\":\"fake\",\"max_model_len\":4096}")
                .collect(Collectors.joining(",", "{\"object\":\"list\",\"data\":[", "]}"));
        Thread.ofVirtual().start(this::accept);
    }

    /** Adds what to do for the next request; the last one answers all that follow. */
    public synchronized FakeUpstream then(Reply reply) {
        script.add(reply);
        return this;
    }

    /** Forgets what was to be done. */
    public synchronized FakeUpstream instead(Reply reply) {
        script.clear();
        return then(reply);
    }

    /** The address up to and with {@code /v1}. */
    public String base() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/v1";
    }

    /** All requests so far, those for the list of models left out. */
    public List<Request> requests() {
        return requests;
    }

    /** Requests as they come. */
    public BlockingQueue<Request> arrivals() {
        return arrivals;
    }

    /** Requests whose client was seen to hang up by {@link Wire#stall}. */
    public BlockingQueue<Request> hangUps() {
        return hangUps;
    }

    /** Connections so far. */
    public int accepted() {
        return accepted.get();
    }

    /** One connection, while it answers one request. */
    public final class Wire {
        private final Socket connection;
        private final Request request;
        private final InputStream in;

        Wire(Socket connection, Request request, InputStream in) {
            this.connection = connection;
            this.request = request;
            this.in = in;
        }

        public Request request() {
            return request;
        }

        public Wire write(String text) throws IOException {
            return write(text.getBytes(StandardCharsets.UTF_8));
        }

        public Wire write(byte[] bytes) throws IOException {
            connection.getOutputStream().write(bytes);
            connection.getOutputStream().flush();
            return this;
        }

        /** A status line and headers, each {@code Name: value}. */
        public Wire head(int status, String... headers) throws IOException {
            return write("HTTP/1.1 " + status + " Whatever\r\n" + String.join("\r\n", headers)
                    + (headers.length == 0 ? "\r\n" : "\r\n\r\n"));
        }

        /** The head of a stream in chunks. */
        public Wire events() throws IOException {
            return head(200, "Content-Type: text/event-stream", "Transfer-Encoding: chunked");
        }

        /** One chunk of a chunked body. */
        public Wire chunk(byte[] bytes) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            all.writeBytes(bytes);
            all.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            return write(all.toByteArray());
        }

        public Wire chunk(String text) throws IOException {
            return chunk(text.getBytes(StandardCharsets.UTF_8));
        }

        /** The end of a chunked body. */
        public Wire end() throws IOException {
            return write("0\r\n\r\n");
        }

        /** Says nothing more until the client hangs up. */
        public void stall() throws IOException {
            try {
                while (in.read() >= 0) {
                    // Whatever it still says.
                }
            } catch (IOException e) {
                // A reset is a hang-up as well.
                hangUps.add(request);
                throw e;
            }
            hangUps.add(request);
            hangUp();
        }

        /** Waits a moment; whether the client hung up meanwhile. */
        public boolean gone(int millis) throws IOException {
            connection.setSoTimeout(millis);
            try {
                return in.read() < 0;
            } catch (SocketTimeoutException e) {
                return false;
            } finally {
                connection.setSoTimeout(0);
            }
        }

        public void hangUp() throws IOException {
            connection.close();
        }

        /** Ends the connection by a reset instead of an orderly close. */
        public void reset() throws IOException {
            connection.setSoLinger(true, 0);
            connection.close();
        }
    }

    /** A body of JSON. */
    public static Reply json(int status, String body, String... headers) {
        return wire -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            String[] all = Stream.concat(
                            Stream.of("Content-Type: application/json", "Content-Length: " + bytes.length),
                            Stream.of(headers))
                    .toArray(String[]::new);
            wire.head(status, all).write(bytes);
        };
    }

    /** A stream of these events' data, each in a chunk of its own, without an end of its own. */
    public static Reply stream(String... data) {
        return wire -> {
            wire.events();
            for (String event : data) {
                wire.chunk("data: " + event + "\n\n");
            }
            wire.end();
        };
    }

    /** A chat answer in the form that was asked for. */
    public static Reply chat(String text) {
        return wire -> {
            boolean streamed = wire.request().body().contains("\"stream\":true");
            (streamed ? stream(chunks(text)) : json(200, message(text))).to(wire);
        };
    }

    /** A chat answer as one JSON object. */
    public static String message(String text) {
        return "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":17,\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2,\"total_tokens\":9}}";
    }

    /** The data of the events of a chat answer, two for its text, the last with token counts, and the end. */
    public static String[] chunks(String text) {
        int half = text.length() / 2;
        return new String[] {
            delta("{\"role\":\"assistant\",\"content\":\"\"}", "null"),
            delta("{\"content\":\"" + text.substring(0, half) + "\"}", "null"),
            delta("{\"content\":\"" + text.substring(half) + "\"}", "null"),
            delta("{}", "\"stop\""),
            "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":17,\"model\":\"m\",\"choices\":[],"
                    + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2,\"total_tokens\":9}}",
            "[DONE]"
        };
    }

    /** One chunk of a chat answer. */
    public static String delta(String delta, String finish) {
        return "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":17,\"model\":\"m\",\"choices\":[{"
                + "\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + finish + "}]}";
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connection.setTcpNoDelay(true);
                connections.add(connection);
                accepted.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            while (!connection.isClosed()) {
                Request request = read(in);
                Wire wire = new Wire(connection, request, in);
                if (request.target().equals("/v1/models")) {
                    json(200, models).to(wire);
                } else {
                    next(request).to(wire);
                }
            }
        } catch (IOException e) {
            // The client hung up, which is for the test to judge.
            return;
        }
    }

    private synchronized Reply next(Request request) {
        requests.add(request);
        arrivals.add(request);
        Reply reply = script.size() > 1 ? script.poll() : script.peek();
        return reply == null ? json(500, "{\"error\":{\"message\":\"nothing scripted\"}}") : reply;
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
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        String[] line = lines[0].split(" ");
        return new Request(line[0], line[1], headers, new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}

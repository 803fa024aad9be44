package io.theseus.node.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.theseus.orchestrator.Provenance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One request and its response, and what the log and the metrics will say about them. Used by one thread. */
final class Exchange {
    /** Most bytes of a refused body that are read and thrown away, so that the client sees the refusal and not a reset. */
    private static final long MAX_DISCARD_BYTES = 64L << 20;

    private final ServerRequest request;
    private final ServerResponse response;
    private final ClientConnection client;
    private final HttpConfig config;
    private final Json json;
    private final String id;

    private int status;
    private boolean bodyRefused;
    private @Nullable InputStream content;
    private byte @Nullable [] bytes;
    private @Nullable ObjectNode body;
    private @Nullable EventStream events;
    private @Nullable String model;
    private @Nullable String finish;
    private final UsageTotals usage = new UsageTotals();
    private List<Provenance> provenance = List.of();

    Exchange(
            ServerRequest request,
            ServerResponse response,
            ClientConnection client,
            HttpConfig config,
            Json json,
            String id) {
        this.request = request;
        this.response = response;
        this.client = client;
        this.config = config;
        this.json = json;
        this.id = id;
    }

    String id() {
        return id;
    }

    String method() {
        return request.prologue().method().text();
    }

    /** The decoded path, without query. */
    String path() {
        return request.path().path();
    }

    /** The path as it came, with the query. */
    String target() {
        String query = request.query().rawValue();
        return request.path().rawPath() + (query.isEmpty() ? "" : "?" + query);
    }

    /** A parameter of the query, decoded. */
    Optional<String> query(String name) {
        return request.query().contains(name) ? Optional.of(request.query().get(name)) : Optional.empty();
    }

    Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    /** Whether the connection ends with this response, by the client's wish or because its request was not read to the end. */
    boolean lastOnConnection() {
        return bodyRefused || request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    ClientConnection client() {
        return client;
    }

    /**
     * The request's JSON object.
     *
     * @throws ApiException status 413 if the body is too large, 400 if it is not a JSON object
     */
    ObjectNode body() {
        ObjectNode read = body;
        if (read == null) {
            read = json.object(bytes());
            body = read;
        }
        return read;
    }

    /**
     * The request's body as it came; not to be changed.
     *
     * @throws ApiException status 413 if it is too large
     */
    byte[] bytes() {
        byte[] read = bytes;
        if (read == null) {
            client.enter(ClientConnection.Phase.RECEIVING);
            read = readBody();
            client.enter(ClientConnection.Phase.WORKING);
            bytes = read;
        }
        return read;
    }

    private byte[] readBody() {
        int max = config.maxBodyBytes();
        if (request.headers().contentLength().orElse(0) > max) {
            throw tooLarge(max);
        }
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try {
            InputStream in = content();
            byte[] bytes = in.readNBytes(max);
            if (in.read() != -1) {
                throw tooLarge(max);
            }
            return bytes;
        } catch (IOException | DataReader.InsufficientDataAvailableException e) {
            throw new ClientGone(e);
        }
    }

    /** What the client sends, to be asked for once and not to be closed: closing reads to the end, however far that is. */
    private InputStream content() {
        InputStream opened = content;
        if (opened == null) {
            opened = request.content().inputStream();
            content = opened;
        }
        return opened;
    }

    private ApiException tooLarge(int max) {
        bodyRefused = true;
        return ApiError.of(
                413, "invalid_request_error", "body_too_large", "The body is larger than " + max + " bytes.");
    }

    void responseHeader(String name, String value) {
        response.header(HeaderNames.create(name), value);
    }

    /** Sends a whole JSON response. */
    void send(int code, JsonNode body) {
        send(code, "application/json", json.bytes(body));
    }

    void send(int code, String contentType, byte[] body) {
        status = code;
        if (code == 200) {
            describeProvenance();
        }
        response.status(Status.create(code));
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        if (bodyRefused) {
            response.header(HeaderNames.CONNECTION, "close");
        }
        client.enter(ClientConnection.Phase.WRITING);
        if (method().equals("HEAD") || code == 204 || code == 304) {
            response.send();
        } else {
            response.send(body);
        }
        if (bodyRefused) {
            discard();
        }
    }

    /** Reads what a client still sends of a refused body; without this its system may drop our response unread. */
    private void discard() {
        client.enter(ClientConnection.Phase.RECEIVING);
        client.allow(MAX_DISCARD_BYTES);
        byte[] buffer = new byte[1 << 14];
        try {
            InputStream in = content();
            for (long left = MAX_DISCARD_BYTES; left > 0; ) {
                int read = in.read(buffer);
                if (read < 0) {
                    return;
                }
                left -= read;
            }
        } catch (IOException | RuntimeException e) {
            // The connection ends either way.
            client.left();
        }
    }

    /** Sends an error as a whole response, or, once a stream has begun, as its last event. */
    void fail(ApiError error) {
        finish = error.code().orElse(error.type());
        EventStream stream = events;
        if (stream != null) {
            stream.fail(error);
            return;
        }
        error.retryAfter()
                .ifPresent(after -> responseHeader(
                        "retry-after",
                        Long.toString(Math.max(1, after.plusMillis(999).toSeconds()))));
        send(error.status(), error.json());
    }

    /** Begins a response of server-sent events. */
    EventStream events() {
        status = 200;
        describeProvenance();
        response.status(Status.OK_200);
        response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        // Asks nginx not to collect the stream.
        responseHeader("x-accel-buffering", "no");
        boolean remembered = !provenance.isEmpty()
                && provenance.stream()
                        .allMatch(from -> from instanceof Provenance.Remembered || from instanceof Provenance.Meant);
        EventStream stream = new EventStream(response.outputStream(), remembered, client, json);
        events = stream;
        return stream;
    }

    /** Begins a response whose body is written as it comes. */
    OutputStream begin(int code, String contentType) {
        status = code;
        response.status(Status.create(code));
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        return response.outputStream();
    }

    /** Called with the model that answers. */
    void model(String modelId) {
        model = modelId;
    }

    /** Called with where the answers come from, before any of it is sent. */
    void answeredFrom(List<Provenance> from) {
        provenance = List.copyOf(from);
    }

    private void describeProvenance() {
        if (!provenance.isEmpty()) {
            RecallHeaders.write(this, provenance, RecallHeaders.layer(provenance, usage.cached()));
        }
    }

    /** What the answers cost so far. */
    UsageTotals usage() {
        return usage;
    }

    void finished(String reason) {
        finish = reason;
    }

    /** The client left before the response was complete. */
    void abandoned() {
        status = 499;
        finish = "client_gone";
    }

    int status() {
        return status;
    }

    RequestLog.Entry entry(String route, java.time.Duration elapsed) {
        return new RequestLog.Entry(
                id,
                method(),
                route,
                status,
                elapsed,
                Optional.ofNullable(model),
                usage.prompt(),
                usage.cached(),
                usage.completion(),
                provenance.isEmpty() ? Optional.empty() : Optional.of(RecallHeaders.layer(provenance, usage.cached())),
                RecallHeaders.saved(provenance).plusNanos(usage.savedNanos()),
                Optional.ofNullable(finish));
    }
}

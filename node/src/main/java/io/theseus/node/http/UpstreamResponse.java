package io.theseus.node.http;

import io.theseus.engine.scheduler.GenerationEvent.Usage;
import io.theseus.node.upstream.Frame;
import io.theseus.node.upstream.Frame.Form;
import io.theseus.node.upstream.UpstreamAnswer;
import io.theseus.node.upstream.UpstreamFault;
import io.theseus.node.upstream.UpstreamRelay.Relayed;
import io.theseus.node.upstream.UpstreamRequest;
import io.theseus.orchestrator.flight.Seat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Brings an upstream's answer, remembered or as it comes, to the client in the form that it asked for. Used by one thread. */
final class UpstreamResponse {
    /** Largest stream that is turned into one message. */
    private static final int MOST_BYTES = 64 << 20;

    private final Exchange exchange;
    private final UpstreamRequest request;
    private final Metrics metrics;
    private final long began = System.nanoTime();

    /** What came, as far as it is needed once the answer is complete. */
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    private Frame.@Nullable Head head;
    private @Nullable EventStream events;
    private @Nullable OutputStream raw;
    private long lastWritten = began;

    UpstreamResponse(Exchange exchange, UpstreamRequest request, Metrics metrics) {
        this.exchange = exchange;
        this.request = request;
        this.metrics = metrics;
    }

    /** Sends a remembered answer. */
    void remembered(Relayed.Hit hit) {
        UpstreamAnswer answer = hit.answer();
        exchange.answeredFrom(List.of(hit.provenance()));
        count(answer, answer.promptTokens());
        if (request.stream()) {
            EventStream stream = exchange.events();
            stream.relay(answer.events(request.includeUsage(), true));
            stream.close();
        } else {
            exchange.send(200, "application/json", answer.message(true));
        }
    }

    private void count(UpstreamAnswer answer, int cached) {
        exchange.usage().add(new Usage(answer.promptTokens(), cached, answer.completionTokens(), 0, 0, 0), true);
        answer.finishReason().ifPresent(exchange::finished);
    }

    /**
     * Sends an answer as it comes.
     *
     * @param keepAlive silence after which a stream sends a comment
     * @param deadline after which the answer is cut, as {@link System#nanoTime}
     * @throws ClientGone if the client left; then nothing is asked for it any more
     */
    void relay(Relayed.Live live, Duration keepAlive, long deadline) throws InterruptedException {
        try (Seat<Frame> seat = live.frames()) {
            exchange.client().watch(seat::close);
            boolean over = false;
            while (!over) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw ApiError.of(
                            504, "server_error", "deadline_exceeded", "The answer took longer than this node allows.");
                }
                Frame frame = seat.poll(Math.max(1, Math.min(left, keepAlive.toMillis())));
                if (exchange.client().isGone()) {
                    throw new ClientGone(null);
                }
                over = frame != null && take(frame, live);
                comment(keepAlive);
            }
        } finally {
            exchange.client().unwatch();
        }
    }

    private void comment(Duration keepAlive) {
        EventStream stream = events;
        if (stream != null && System.nanoTime() - lastWritten >= keepAlive.toNanos()) {
            stream.keepAlive();
            lastWritten = System.nanoTime();
        }
    }

    /** Whether it was the last one. */
    private boolean take(Frame frame, Relayed.Live live) {
        switch (frame) {
            case Frame.Head start -> begin(start, live);
            case Frame.Part(byte[] bytes, boolean usage) -> part(bytes, usage);
            case Frame.End end -> end(end);
            case Frame.Failed(UpstreamFault fault) -> throw fault(fault).exception();
        }
        return frame instanceof Frame.End;
    }

    private static ApiError fault(UpstreamFault fault) {
        return new ApiError(
                fault.status(),
                fault.status() >= 500 ? "server_error" : "invalid_request_error",
                fault.message(),
                Optional.empty(),
                Optional.of(fault.code()),
                fault.retryAfter());
    }

    private void begin(Frame.Head start, Relayed.Live live) {
        head = start;
        if (!start.upstream().isEmpty()) {
            exchange.responseHeader("x-theseus-upstream", start.upstream());
        }
        start.headers().forEach(header -> exchange.responseHeader(header.getKey(), header.getValue()));
        if (start.form() != Form.OTHER) {
            exchange.answeredFrom(List.of(live.provenance(start.upstream())));
            metrics.firstToken(System.nanoTime() - began);
        }
        lastWritten = System.nanoTime();
        if (start.form() == Form.OTHER) {
            // A page from elsewhere must not act as one of this node's.
            exchange.responseHeader("content-security-policy", "sandbox");
            raw = exchange.begin(start.status(), start.contentType());
        } else if (start.form() == Form.EVENTS && request.stream()) {
            events = exchange.events();
        }
    }

    private void part(byte[] bytes, boolean usage) {
        EventStream stream = events;
        OutputStream out = raw;
        if (out != null) {
            write(out, bytes);
        } else if (stream == null) {
            keep(bytes);
        } else {
            if (!usage || request.includeUsage()) {
                stream.relay(bytes);
                lastWritten = System.nanoTime();
            }
            if (contains(bytes)) {
                keep(bytes);
            }
        }
    }

    /** Whether an event may be one that the end needs: with counts, or with the reason of the end. */
    private static boolean contains(byte[] event) {
        String text = new String(event, java.nio.charset.StandardCharsets.ISO_8859_1);
        return text.contains("\"usage\":{")
                || text.contains("\"usage\": {")
                || text.contains("\"finish_reason\":\"")
                || text.contains("\"finish_reason\": \"");
    }

    private void keep(byte[] bytes) {
        if (kept.size() + bytes.length > MOST_BYTES) {
            throw ApiError.of(502, "server_error", "upstream_invalid_response", "The upstream's answer is too long.");
        }
        kept.writeBytes(bytes);
    }

    private void write(OutputStream out, byte[] bytes) {
        exchange.client().enter(ClientConnection.Phase.WRITING);
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException | UncheckedIOException e) {
            throw new ClientGone(e);
        }
        exchange.client().enter(ClientConnection.Phase.WORKING);
    }

    private void end(Frame.End end) {
        OutputStream out = raw;
        EventStream stream = events;
        if (out != null) {
            finish(out);
            return;
        }
        byte[] rest = end.rest();
        if (stream != null) {
            UpstreamAnswer.read(kept.toByteArray()).ifPresent(answer -> count(answer, 0));
            if (rest.length > 0) {
                stream.relay(rest);
            }
            stream.close();
            return;
        }
        keep(rest);
        whole(end, kept.toByteArray());
    }

    private static void finish(OutputStream out) {
        try {
            out.close();
        } catch (IOException | UncheckedIOException e) {
            throw new ClientGone(e);
        }
    }

    /** Everything is there: as it is, or turned into the other form. */
    private void whole(Frame.End end, byte[] body) {
        Frame.Head start = head;
        if (start == null) {
            throw new IllegalStateException("a response has a head");
        }
        Optional<UpstreamAnswer> answer = start.status() == 200 ? UpstreamAnswer.read(body) : Optional.empty();
        answer.ifPresent(there -> count(there, 0));
        boolean streamed = start.form() == Form.EVENTS;
        if (streamed && !request.stream()) {
            if (answer.isEmpty() || !end.answer()) {
                throw ApiError.of(
                        502,
                        "server_error",
                        "upstream_invalid_response",
                        "The upstream " + start.upstream() + " sent events that are no complete answer.");
            }
            exchange.send(200, "application/json", answer.get().message(false));
        } else if (!streamed && request.stream() && answer.isPresent() && end.answer()) {
            EventStream stream = exchange.events();
            stream.relay(answer.get().events(request.includeUsage(), false));
            stream.close();
        } else {
            exchange.send(start.status(), start.contentType(), body);
        }
    }
}

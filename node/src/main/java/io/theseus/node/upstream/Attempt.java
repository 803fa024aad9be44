package io.theseus.node.upstream;

import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request to one upstream. The client's threads report through signals; all else is done by whoever reads them. Bytes are asked for
 * one portion at a time, so that a slow reader slows the upstream down instead of filling memory.
 */
final class Attempt {
    private final UpstreamHost host;
    private final boolean hedge;
    private final boolean addsUsage;
    private final long startedAt;
    private final Consumer<Signal> signals;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean counted = new AtomicBoolean();
    private volatile boolean draining;
    private volatile Flow.@Nullable Subscription body;
    private volatile @Nullable CompletableFuture<?> exchange;

    /** What its response has come to; used by whoever reads the signals. */
    private @Nullable Reading reading;

    /**
     * @param hedge whether it is sent because an earlier one is late
     * @param addsUsage whether it asks for token counts that the client did not ask for
     */
    Attempt(UpstreamHost host, boolean hedge, boolean addsUsage, long startedAt, Consumer<Signal> signals) {
        this.host = host;
        this.hedge = hedge;
        this.addsUsage = addsUsage;
        this.startedAt = startedAt;
        this.signals = signals;
        host.began();
    }

    /** Sends {@code request}. */
    void send(HttpClient client, HttpRequest request) {
        CompletableFuture<HttpResponse<Boolean>> sent = client.sendAsync(request, this::answered);
        exchange = sent;
        CompletableFuture<?> watched = sent.whenComplete((response, fault) -> {
            if (fault != null) {
                broke(fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault);
            }
        });
        if (over.get()) {
            // Cancelled while it was being sent.
            watched.cancel(true);
            sent.cancel(true);
        }
    }

    private HttpResponse.BodySubscriber<Boolean> answered(HttpResponse.ResponseInfo info) {
        HttpHeaders headers = info.headers();
        signals.accept(new Signal.Answered(this, info.statusCode(), headers));
        return new Body();
    }

    private void broke(Throwable cause) {
        if (over.compareAndSet(false, true)) {
            signals.accept(new Signal.Broke(this, cause));
        }
    }

    /**
     * What it means that the connection could not be made, or broke.
     *
     * @param connect how long the upstream had to be reached
     */
    UpstreamFault fault(Throwable cause, Duration connect) {
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (reading != null) {
            return UpstreamFault.broken(host.upstream(), why);
        }
        return cause instanceof HttpTimeoutException
                ? UpstreamFault.late(host.upstream(), "nothing when called", connect)
                : UpstreamFault.unreachable(host.upstream(), why);
    }

    /** Asks for the next portion of the body. */
    void more() {
        Flow.Subscription subscription = body;
        if (subscription != null) {
            subscription.request(1);
        }
    }

    /** Lets the response end by itself, which keeps the connection for later; more of a body ends it. */
    void drain() {
        draining = true;
        more();
    }

    /** Ends it; the connection is given up. Idempotent, by any thread. */
    void cancel() {
        over.set(true);
        CompletableFuture<?> sent = exchange;
        if (sent != null) {
            sent.cancel(true);
        }
        Flow.Subscription subscription = body;
        if (subscription != null) {
            subscription.cancel();
        }
        settle();
    }

    /** Whether nothing more comes of it. */
    boolean ended() {
        return over.get();
    }

    /** It takes no more of the upstream's time. Idempotent. */
    void settle() {
        if (counted.compareAndSet(false, true)) {
            host.ended();
        }
    }

    UpstreamHost host() {
        return host;
    }

    boolean hedge() {
        return hedge;
    }

    boolean addsUsage() {
        return addsUsage;
    }

    /** Its response may be relayed. */
    void reads(Reading response) {
        reading = response;
    }

    /** Null until the head of a response that may be relayed is there. */
    @Nullable
    Reading reading() {
        return reading;
    }

    long startedAt() {
        return startedAt;
    }

    /** The body, as signals. */
    private final class Body implements HttpResponse.BodySubscriber<Boolean> {
        @Override
        public CompletionStage<Boolean> getBody() {
            return CompletableFuture.completedStage(true);
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            body = subscription;
            if (over.get()) {
                subscription.cancel();
            } else {
                subscription.request(1);
            }
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            if (draining) {
                cancel();
                return;
            }
            int size = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
            byte[] bytes = new byte[size];
            int at = 0;
            for (ByteBuffer buffer : buffers) {
                int length = buffer.remaining();
                buffer.get(bytes, at, length);
                at += length;
            }
            if (!over.get()) {
                signals.accept(new Signal.Received(Attempt.this, bytes));
            }
        }

        @Override
        public void onError(Throwable cause) {
            broke(cause);
        }

        @Override
        public void onComplete() {
            if (over.compareAndSet(false, true)) {
                signals.accept(new Signal.Completed(Attempt.this));
            }
        }
    }
}

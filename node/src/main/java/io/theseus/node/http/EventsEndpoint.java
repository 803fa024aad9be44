package io.theseus.node.http;

import io.theseus.node.http.RequestEvents.Subscriber;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /theseus/v1/events}: one server-sent event for each finished request. */
final class EventsEndpoint {
    private final RequestEvents events;
    private final Duration keepAlive;
    private final InstantSource clock;

    EventsEndpoint(RequestEvents events, Duration keepAlive, InstantSource clock) {
        this.events = events;
        this.keepAlive = keepAlive;
        this.clock = clock;
    }

    void stream(Exchange exchange) throws InterruptedException {
        try (Subscriber subscriber = events.subscribe()) {
            EventStream stream = exchange.events();
            stream.keepAlive();
            exchange.client().watch(subscriber::close);
            while (!subscriber.over()) {
                ObjectNode event = subscriber.poll(keepAlive.toMillis());
                if (exchange.client().isGone()) {
                    throw new ClientGone(null);
                }
                send(stream, subscriber, event);
            }
            stream.close();
        } finally {
            exchange.client().unwatch();
        }
    }

    private static void send(EventStream stream, Subscriber subscriber, @Nullable ObjectNode event) {
        long lost = subscriber.takeLost();
        if (lost > 0) {
            stream.send(object("lost").put("count", lost));
        }
        if (event != null) {
            stream.send(event);
        } else if (lost == 0) {
            stream.keepAlive();
        }
    }

    /** The last event of every stream. */
    static ObjectNode farewell() {
        return object("stopping");
    }

    private static ObjectNode object(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /** Tells whoever follows of answers, and of questions that got none; costs nothing if nobody does. */
    void publish(RequestLog.Entry entry) {
        boolean refused = entry.status() >= 400
                && entry.method().equals("POST")
                && entry.route().startsWith("/v1/");
        if (!events.watched() || entry.layer().isEmpty() && !refused) {
            return;
        }
        events.publish(object("request")
                .put("id", entry.id())
                .put("time", clock.instant().toString())
                .put("route", entry.route())
                .put("status", entry.status())
                .put("model", entry.model().orElse(""))
                .put("layer", entry.layer().orElse(""))
                .put("prompt_tokens", entry.promptTokens())
                .put("cached_tokens", entry.cachedTokens())
                .put("completion_tokens", entry.completionTokens())
                .put("seconds", entry.elapsed().toNanos() / 1e9)
                .put("seconds_saved", entry.saved().toNanos() / 1e9)
                .put("finish_reason", entry.finish().orElse("")));
    }
}

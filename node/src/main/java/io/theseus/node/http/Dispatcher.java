package io.theseus.node.http;

import io.helidon.http.HttpException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.theseus.core.TheseusException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Brings each request to its endpoint, and whatever goes wrong there to the client, the log and the metrics. */
final class Dispatcher {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final List<String> FREE_METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

    private final HttpConfig config;
    private final Gate gate;
    private final List<Endpoint.Route> routes;
    private final Metrics metrics;
    private final RequestLog log;
    private final Json json;
    private final Ids ids;

    Dispatcher(HttpConfig config, List<Endpoint.Route> routes, Metrics metrics, RequestLog log, Json json, Ids ids) {
        this.config = config;
        this.gate = new Gate(config);
        this.routes = List.copyOf(routes);
        this.metrics = metrics;
        this.log = log;
        this.json = json;
        this.ids = ids;
    }

    /** Handles one request on its connection's thread. */
    void handle(ServerRequest request, ServerResponse response) {
        long began = System.nanoTime();
        ClientConnection client = ConnectionSupervisor.CURRENT.get();
        client.enter(ClientConnection.Phase.WORKING);
        Exchange exchange = new Exchange(request, response, client, config, json, ids.next("req_"));
        exchange.responseHeader("x-request-id", exchange.id());
        exchange.responseHeader("x-content-type-options", "nosniff");
        List<Endpoint.Route> onPath = onPath(exchange.path());
        String label = onPath.isEmpty() ? "unmatched" : onPath.getFirst().label();
        metrics.began();
        try {
            answer(exchange, onPath);
        } catch (ClientGone | CloseConnectionException e) {
            exchange.abandoned();
            throw new CloseConnectionException("the client left", e);
        } finally {
            client.unwatch();
            client.enter(ClientConnection.Phase.IDLE);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
            String method = METHODS.contains(exchange.method()) ? exchange.method() : "OTHER";
            metrics.ended(label, method, exchange.status(), elapsed);
            log.accept(exchange.entry(label, elapsed));
        }
        if (exchange.lastOnConnection()) {
            // Helidon 4.5.0 announces the end of the connection, but leaves it to the client.
            throw new CloseConnectionException("the last request of its connection");
        }
    }

    /** Routes for the rest count only where no other is. */
    private List<Endpoint.Route> onPath(String path) {
        List<Endpoint.Route> all =
                routes.stream().filter(route -> route.matches(path)).toList();
        List<Endpoint.Route> named =
                all.stream().filter(route -> !route.anyMethod()).toList();
        return named.isEmpty() ? all : named;
    }

    private void answer(Exchange exchange, List<Endpoint.Route> onPath) {
        try {
            Optional<Endpoint.Route> route = onPath.stream()
                    .filter(candidate -> serves(candidate, exchange.method()))
                    .findFirst();
            if (exchange.method().equals("OPTIONS") && !onPath.isEmpty()) {
                gate.preflight(exchange, allowed(onPath));
                exchange.responseHeader("allow", allowed(onPath));
                exchange.send(204, "text/plain", new byte[0]);
                return;
            }
            gate.check(exchange, route.map(Endpoint.Route::open).orElse(false));
            route.orElseThrow(() -> notHere(exchange, onPath)).endpoint().handle(exchange);
        } catch (ApiException e) {
            exchange.fail(e.error());
        } catch (TheseusException e) {
            ApiError error = ApiError.from(e);
            if (error.status() == 500) {
                LOG.log(System.Logger.Level.ERROR, "request failed id=" + exchange.id(), e);
            }
            exchange.fail(error);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.fail(ApiError.unavailable("shutting_down", "This node is shutting down.")
                    .error());
        } catch (HttpException e) {
            exchange.fail(ApiError.of(e.status().code(), "invalid_request_error", "bad_request", "" + e.getMessage())
                    .error());
        } catch (ClientGone | CloseConnectionException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "defect while answering id=" + exchange.id(), e);
            exchange.fail(ApiError.of(
                            500,
                            "server_error",
                            "internal_error",
                            "A defect of this node; its log has the details under " + exchange.id() + ".")
                    .error());
        }
    }

    private static boolean serves(Endpoint.Route route, String method) {
        return route.anyMethod()
                || route.method().equals(method)
                || (method.equals("HEAD") && route.method().equals("GET"));
    }

    private static ApiException notHere(Exchange exchange, List<Endpoint.Route> onPath) {
        if (onPath.isEmpty()) {
            return ApiError.of(
                    404,
                    "invalid_request_error",
                    "unknown_url",
                    "There is nothing at this path; docs/api.md lists the endpoints.");
        }
        exchange.responseHeader("allow", allowed(onPath));
        return ApiError.of(
                405,
                "invalid_request_error",
                "method_not_allowed",
                "This path takes " + allowed(onPath) + ", not " + exchange.method() + ".");
    }

    private static String allowed(List<Endpoint.Route> onPath) {
        return onPath.stream()
                .flatMap(route -> route.anyMethod()
                        ? FREE_METHODS.stream()
                        : route.method().equals("GET") ? Stream.of("GET", "HEAD") : Stream.of(route.method()))
                .distinct()
                .collect(Collectors.joining(", "));
    }
}

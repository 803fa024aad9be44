package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.NodeConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks the node that runs with these settings. */
final class NodeClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final JsonText json = new JsonText();
    private final URI base;
    private final Optional<String> key;

    NodeClient(NodeConfig.Http settings) {
        String host =
                settings.listen().equals("0.0.0.0") || settings.listen().equals("::") ? "127.0.0.1" : settings.listen();
        base = URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + settings.port());
        key = settings.apiKeys().flatMap(NodeClient::firstKey);
    }

    private static Optional<String> firstKey(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .findFirst();
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "cannot read the file of api-keys, " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Sends a request and returns the answer.
     *
     * @param body JSON; empty = none
     * @throws TheseusException {@code UNAVAILABLE} if no node answers, {@code BAD_INPUT} with its words if it refuses
     */
    JsonNode send(String method, String path, String body) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        try {
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            JsonNode answer = json.mapper().readTree(response.body());
            if (response.statusCode() != 200) {
                throw new TheseusException(
                        response.statusCode() == 503 ? ErrorCode.UNAVAILABLE : ErrorCode.BAD_INPUT,
                        answer.path("error").path("message").asString("the node answered " + response.statusCode()));
            }
            return answer;
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.UNAVAILABLE,
                    "no node answers at " + base + "; start one with `theseus serve`, or give its --port",
                    e);
        } catch (JacksonException e) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "what answers at " + base + " is not a node of Theseus", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

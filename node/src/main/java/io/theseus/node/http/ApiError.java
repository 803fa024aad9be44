package io.theseus.node.http;

import io.theseus.core.TheseusException;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client is told when a request fails, in OpenAI's shape.
 *
 * @param status HTTP status
 * @param type OpenAI's class of error, such as {@code invalid_request_error}
 * @param message what failed, the value, and what to do
 * @param param the field at fault, in the request's own terms ({@code messages[2].content})
 * @param code a stable word that programs can compare
 * @param retryAfter when the same request may work
 */
record ApiError(
        int status,
        String type,
        String message,
        Optional<String> param,
        Optional<String> code,
        Optional<Duration> retryAfter) {
    private static final String INVALID = "invalid_request_error";

    /** The field {@code param} cannot be used as given. */
    static ApiException invalid(String param, String message) {
        return new ApiError(400, INVALID, message, Optional.of(param), Optional.of("invalid_value"), Optional.empty())
                .exception();
    }

    /** The field has another JSON type than it should. */
    static ApiException invalidType(String param, String message) {
        return new ApiError(400, INVALID, message, Optional.of(param), Optional.of("invalid_type"), Optional.empty())
                .exception();
    }

    /** The field is needed and not there. */
    static ApiException missing(String param) {
        return new ApiError(
                        400,
                        INVALID,
                        "The field " + param + " is missing.",
                        Optional.of(param),
                        Optional.of("missing_required_parameter"),
                        Optional.empty())
                .exception();
    }

    /** The field is understood, but this node does not do what it asks. */
    static ApiException unsupported(String param, String message) {
        return new ApiError(
                        400, INVALID, message, Optional.of(param), Optional.of("unsupported_value"), Optional.empty())
                .exception();
    }

    /** Any other error without a field. */
    static ApiException of(int status, String type, String code, String message) {
        return new ApiError(status, type, message, Optional.empty(), Optional.of(code), Optional.empty()).exception();
    }

    static ApiException badRequest(String code, String message) {
        return of(400, INVALID, code, message);
    }

    static ApiException modelNotFound(String id) {
        return new ApiError(
                        404,
                        INVALID,
                        "The model '" + id + "' is not served here; GET /v1/models lists those that are.",
                        Optional.of("model"),
                        Optional.of("model_not_found"),
                        Optional.empty())
                .exception();
    }

    static ApiException busy(String message, Duration retryAfter) {
        return new ApiError(
                        429,
                        "rate_limit_error",
                        message,
                        Optional.empty(),
                        Optional.of("rate_limit_exceeded"),
                        Optional.of(retryAfter))
                .exception();
    }

    static ApiException unavailable(String code, String message) {
        return new ApiError(
                        503,
                        "server_error",
                        message,
                        Optional.empty(),
                        Optional.of(code),
                        Optional.of(Duration.ofSeconds(2)))
                .exception();
    }

    /** What a fault of the engine or the templates means to a client. */
    static ApiError from(TheseusException fault) {
        String message = String.valueOf(fault.getMessage());
        return switch (fault.code()) {
            case BAD_INPUT -> plain(400, INVALID, "invalid_value", message);
            case CONTEXT_OVERFLOW ->
                new ApiError(
                        400,
                        INVALID,
                        message,
                        Optional.of("messages"),
                        Optional.of("context_length_exceeded"),
                        Optional.empty());
            case MODEL_NOT_FOUND ->
                new ApiError(
                        404, INVALID, message, Optional.of("model"), Optional.of("model_not_found"), Optional.empty());
            case BUSY ->
                busy(message, fault.retryAfter().orElse(Duration.ofSeconds(1))).error();
            case UNAVAILABLE -> unavailable("unavailable", message).error();
            case NOT_REMEMBERED -> plain(504, INVALID, "not_cached", message);
            case DEADLINE_EXCEEDED -> plain(504, "server_error", "deadline_exceeded", message);
            case CANCELLED -> plain(499, INVALID, "cancelled", message);
            case MODEL_INVALID, MODEL_UNSUPPORTED -> plain(500, "server_error", "model_unusable", message);
            case FETCH_FAILED, IO_FAILED -> plain(500, "server_error", "io_error", message);
            case NUMERIC_FAULT -> plain(500, "server_error", "numeric_fault", message);
            case INTERNAL -> plain(500, "server_error", "internal_error", message);
        };
    }

    private static ApiError plain(int status, String type, String code, String message) {
        return new ApiError(status, type, message, Optional.empty(), Optional.of(code), Optional.empty());
    }

    /** The same error, blamed on another field. */
    ApiError at(String field) {
        return new ApiError(status, type, message, Optional.of(field), code, retryAfter);
    }

    /** {@code {"error": {"message", "type", "param", "code"}}}. */
    ObjectNode json() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode error = body.putObject("error");
        error.put("message", message);
        error.put("type", type);
        error.put("param", param.orElse(null));
        error.put("code", code.orElse(null));
        return body;
    }

    ApiException exception() {
        return new ApiException(this);
    }
}

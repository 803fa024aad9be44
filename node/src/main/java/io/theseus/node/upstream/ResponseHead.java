package io.theseus.node.upstream;

import io.theseus.node.upstream.Frame.Form;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The head of a response, and what follows from it. */
final class ResponseHead {
    private static final int SHOWN = 200;

    /** About the connection, about this node, or about a body that we may write anew. */
    private static final Set<String> NOT_RELAYED = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "content-length",
            "content-type",
            "date",
            "server",
            "set-cookie",
            "www-authenticate",
            "x-request-id",
            "age",
            "vary",
            "etag",
            "cache-control",
            "content-security-policy",
            "clear-site-data",
            "strict-transport-security",
            "alt-svc",
            "refresh");

    private final Upstream upstream;
    private final int status;
    private final HttpHeaders headers;
    private final Form form;

    ResponseHead(Upstream upstream, UpstreamRequest request, int status, HttpHeaders headers) {
        this.upstream = upstream;
        this.status = status;
        this.headers = headers;
        if (request.kind() == UpstreamRequest.Kind.OTHER) {
            form = Form.OTHER;
        } else {
            form = status == 200 && contentType().startsWith("text/event-stream") ? Form.EVENTS : Form.MESSAGE;
        }
    }

    private String contentType() {
        return headers.firstValue("content-type").orElse("").strip().toLowerCase(Locale.ROOT);
    }

    Upstream upstream() {
        return upstream;
    }

    int status() {
        return status;
    }

    Form form() {
        return form;
    }

    /** Whether the same request may well be answered by another upstream, or in a moment. */
    boolean passing() {
        return status == 429 || status == 502 || status == 503 || status == 504;
    }

    /** When the upstream wants to be asked again, if it says so in seconds. */
    Optional<Duration> retryAfter() {
        return headers.firstValue("retry-after")
                .filter(text -> text.strip().matches("\\d{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text.strip())));
    }

    /** Why this response cannot be an answer; empty text = it can. */
    String refusal() {
        String encoding =
                headers.firstValue("content-encoding").orElse("identity").toLowerCase(Locale.ROOT);
        if (form == Form.OTHER) {
            return "";
        }
        if (!encoding.equals("identity")) {
            return "it is encoded as " + shown(encoding) + ", which was not asked for";
        }
        if (status == 200 && form == Form.MESSAGE && !contentType().contains("json")) {
            return "its content type is \"" + shown(contentType()) + "\"";
        }
        return status != 200 && status < 400 ? "its status is " + status : "";
    }

    /** As it is relayed. */
    Frame.Head frame() {
        String type = headers.firstValue("content-type")
                .filter(ResponseHead::plain)
                .orElse(form == Form.MESSAGE ? "application/json" : "application/octet-stream");
        return new Frame.Head(upstream.name(), status, form, type, relayed());
    }

    private List<Map.Entry<String, String>> relayed() {
        List<Map.Entry<String, String>> kept = new ArrayList<>();
        headers.map().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            boolean ours = lower.startsWith("x-theseus-") || lower.startsWith("access-control-");
            if (!NOT_RELAYED.contains(lower) && !ours && plain(String.join("", values))) {
                kept.add(Map.entry(lower, String.join(", ", values)));
            }
        });
        return kept;
    }

    /** Whether a header's value can be written again without meaning something else. */
    private static boolean plain(String value) {
        return value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 0x7F);
    }

    /** The head of {@link #ownError}. */
    Frame.Head ownFrame() {
        return new Frame.Head(upstream.name(), status >= 500 ? 502 : status, form, "application/json", List.of());
    }

    /** In OpenAI's shape, for an error whose body our clients could not read. */
    byte[] ownError(byte[] body) {
        String said = shown(new String(body, 0, Math.min(body.length, 4 * SHOWN), StandardCharsets.UTF_8));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("error")
                .put("message", UpstreamFault.refused(upstream, status).message() + (said.isEmpty() ? "" : " " + said))
                .put("type", status >= 500 ? "server_error" : "invalid_request_error")
                .putNull("param")
                .put("code", UpstreamFault.REFUSED);
        return UpstreamJson.bytes(json);
    }

    private static String shown(String text) {
        String line = text.strip().replaceAll("[\\s\\p{Cntrl}]+", " ");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
    }
}

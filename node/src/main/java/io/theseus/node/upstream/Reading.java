package io.theseus.node.upstream;

import io.theseus.node.upstream.Frame.Form;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes frames of the bytes of one response. Not thread-safe. */
final class Reading {
    /** Largest answer in one piece. */
    static final int MOST_BYTES = 64 << 20;

    private static final int MOST_ERROR_BYTES = 1 << 20;
    private static final int MOST_EVENT_BYTES = 8 << 20;
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
    private final boolean stripUsage;
    private final AnswerCheck check;
    private final EventSplitter splitter = new EventSplitter(MOST_EVENT_BYTES);
    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
    private boolean begun;
    private boolean over;

    /** @param stripUsage whether the event of token counts came because this node asked for it */
    Reading(Upstream upstream, UpstreamRequest request, boolean stripUsage, int status, HttpHeaders headers) {
        this.upstream = upstream;
        this.status = status;
        this.headers = headers;
        this.stripUsage = stripUsage;
        this.check = new AnswerCheck(request.choices());
        this.form = form(request);
    }

    private Form form(UpstreamRequest request) {
        if (request.kind() == UpstreamRequest.Kind.OTHER) {
            return Form.OTHER;
        }
        return status == 200 && contentType().startsWith("text/event-stream") ? Form.EVENTS : Form.MESSAGE;
    }

    private String contentType() {
        return headers.firstValue("content-type").orElse("").strip().toLowerCase(Locale.ROOT);
    }

    int status() {
        return status;
    }

    /** Why this response cannot be an answer, judged by its head; empty text = it can. */
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

    /** Whether something of it was given to be relayed. */
    boolean begun() {
        return begun;
    }

    /** Whether its end was given. */
    boolean over() {
        return over;
    }

    Form form() {
        return form;
    }

    /**
     * Takes some of the body.
     *
     * @param out gets what can be relayed now
     */
    void received(byte[] bytes, long nanos, List<Frame> out) {
        switch (form) {
            case EVENTS -> {
                List<byte[]> events = new ArrayList<>();
                if (!splitter.accept(bytes, events::add)) {
                    fail(out, "one of its events has more than " + MOST_EVENT_BYTES + " bytes");
                    return;
                }
                events.forEach(event -> event(event, nanos, out));
            }
            case MESSAGE -> {
                int most = status == 200 ? MOST_BYTES : MOST_ERROR_BYTES;
                if (whole.size() + bytes.length > most) {
                    fail(out, "it has more than " + most + " bytes");
                    return;
                }
                whole.writeBytes(bytes);
            }
            case OTHER -> {
                begin(out);
                out.add(new Frame.Part(bytes, false));
            }
        }
    }

    private void event(byte[] event, long nanos, List<Frame> out) {
        if (over) {
            return;
        }
        AnswerCheck.Kind kind = check.event(event);
        switch (kind) {
            case PART, ERROR -> part(event, false, out);
            case USAGE -> part(event, stripUsage, out);
            case INVALID -> fail(out, "one of its events holds no JSON object");
            case DONE -> {
                if (begun) {
                    over = true;
                    out.add(new Frame.End(event, check.complete(), nanos));
                } else {
                    fail(out, "its stream is empty");
                }
            }
        }
    }

    private void part(byte[] event, boolean usage, List<Frame> out) {
        if (!begun && EventSplitter.data(event).isEmpty()) {
            // A comment before the answer says only that the upstream lives; another one may still be asked instead.
            return;
        }
        begin(out);
        out.add(new Frame.Part(event, usage));
    }

    /** Takes note that the body is complete. */
    void completed(long nanos, List<Frame> out) {
        switch (form) {
            case EVENTS -> {
                if (over) {
                    return;
                }
                if (begun && !splitter.inside() && check.finished()) {
                    // Some engines leave out the closing event. It is an answer, but nobody can tell that it is all of
                    // it.
                    over = true;
                    out.add(new Frame.End(new byte[0], false, nanos));
                } else {
                    out.add(new Frame.Failed(UpstreamFault.broken(upstream, "its stream ended in the middle")));
                    over = true;
                }
            }
            case MESSAGE -> message(nanos, out);
            case OTHER -> {
                begin(out);
                over = true;
                out.add(new Frame.End(new byte[0], false, nanos));
            }
        }
    }

    private void message(long nanos, List<Frame> out) {
        byte[] bytes = whole.toByteArray();
        ObjectNode json = UpstreamJson.object(bytes).orElse(null);
        if (status == 200 && (json == null || !(json.path("choices").isArray() || json.hasNonNull("error")))) {
            fail(out, json == null ? "its body is not one JSON object" : "it has no choices");
            return;
        }
        over = true;
        if (json == null || (status != 200 && !json.hasNonNull("error"))) {
            begun = true;
            out.add(new Frame.Head(upstream.name(), status >= 500 ? 502 : status, form, "application/json", List.of()));
            out.add(new Frame.End(ownError(bytes), false, nanos));
            return;
        }
        check.message(json);
        begin(out);
        out.add(new Frame.End(bytes, status == 200 && check.complete(), nanos));
    }

    /** In OpenAI's shape, for an error that says nothing our clients could read. */
    private byte[] ownError(byte[] body) {
        String said = shown(new String(body, 0, Math.min(body.length, 4 * SHOWN), StandardCharsets.UTF_8));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("error")
                .put(
                        "message",
                        "The upstream " + upstream.name() + " answered with status " + status
                                + (said.isEmpty() ? "." : ": " + said))
                .put("type", status >= 500 ? "server_error" : "invalid_request_error")
                .putNull("param")
                .put("code", "upstream_error");
        return UpstreamJson.bytes(json);
    }

    private static String shown(String text) {
        String line = text.strip().replaceAll("[\\s\\p{Cntrl}]+", " ");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
    }

    private void begin(List<Frame> out) {
        if (!begun) {
            begun = true;
            out.add(new Frame.Head(upstream.name(), status, form, contentTypeToRelay(), relayed()));
        }
    }

    private String contentTypeToRelay() {
        return headers.firstValue("content-type")
                .filter(type -> plain(type))
                .orElse(form == Form.MESSAGE ? "application/json" : "application/octet-stream");
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

    private void fail(List<Frame> out, String why) {
        over = true;
        out.add(new Frame.Failed(UpstreamFault.invalid(upstream, why)));
    }
}

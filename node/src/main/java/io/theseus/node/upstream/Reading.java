package io.theseus.node.upstream;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Makes frames of the bytes of one response. Not thread-safe. */
final class Reading {
    /** Largest answer in one piece. */
    static final int MOST_BYTES = 64 << 20;

    private static final int MOST_ERROR_BYTES = 1 << 20;
    private static final int MOST_EVENT_BYTES = 8 << 20;

    private final ResponseHead head;
    private final boolean stripUsage;
    private final AnswerCheck check;
    private final EventSplitter splitter = new EventSplitter(MOST_EVENT_BYTES);
    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
    private boolean begun;
    private boolean over;

    /** @param stripUsage whether the event of token counts comes because this node asked for it */
    Reading(ResponseHead head, UpstreamRequest request, boolean stripUsage) {
        this.head = head;
        this.stripUsage = stripUsage;
        this.check = new AnswerCheck(request.choices());
    }

    ResponseHead head() {
        return head;
    }

    /** Whether its end was given. */
    boolean over() {
        return over;
    }

    /**
     * Takes some of the body.
     *
     * @param out gets what can be relayed now
     */
    void received(byte[] bytes, long nanos, List<Frame> out) {
        switch (head.form()) {
            case EVENTS -> {
                List<byte[]> events = new ArrayList<>();
                if (!splitter.accept(bytes, events::add)) {
                    fail(out, "one of its events has more than " + MOST_EVENT_BYTES + " bytes");
                    return;
                }
                events.forEach(event -> event(event, nanos, out));
            }
            case MESSAGE -> {
                int most = head.status() == 200 ? MOST_BYTES : MOST_ERROR_BYTES;
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
        switch (head.form()) {
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
                    out.add(new Frame.Failed(UpstreamFault.broken(head.upstream(), "its stream ended in the middle")));
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
        if (head.status() == 200 && (json == null || !(json.path("choices").isArray() || json.hasNonNull("error")))) {
            fail(out, json == null ? "its body is not one JSON object" : "it has no choices");
            return;
        }
        over = true;
        if (json == null || (head.status() != 200 && !json.hasNonNull("error"))) {
            begun = true;
            out.add(head.ownFrame());
            out.add(new Frame.End(head.ownError(bytes), false, nanos));
            return;
        }
        check.message(json);
        begin(out);
        out.add(new Frame.End(bytes, head.status() == 200 && check.complete(), nanos));
    }

    private void begin(List<Frame> out) {
        if (!begun) {
            begun = true;
            out.add(head.frame());
        }
    }

    private void fail(List<Frame> out, String why) {
        over = true;
        out.add(new Frame.Failed(UpstreamFault.invalid(head.upstream(), why)));
    }
}

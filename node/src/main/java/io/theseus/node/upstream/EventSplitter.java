package io.theseus.node.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Cuts a stream of server-sent events into whole events, wherever the network cut it, without changing a byte. Not thread-safe.
 *
 * <p>Source: WHATWG HTML, 9.2.5 Parsing an event stream: lines end with LF, CR LF or CR, events with an empty line.
 */
final class EventSplitter {
    private static final int FIRST_ROOM = 1024;

    private final int maxBytes;
    private byte[] held = new byte[FIRST_ROOM];
    private int length;
    private boolean lineEmpty = true;
    private boolean afterReturn;
    private boolean returnsWithFeeds;

    /** Whether an empty line has ended with CR and its LF is still to come. */
    private boolean feedOwed;

    /** @param maxBytes most bytes of one event */
    EventSplitter(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes bytes and gives the events that are complete now, each with the empty line that ends it.
     *
     * @return whether all is well; false if an event is too long
     */
    boolean accept(byte[] bytes, Consumer<byte[]> events) {
        for (byte b : bytes) {
            if (feedOwed && b != '\n') {
                // It does not come: these lines end in both ways.
                feedOwed = false;
                give(events);
            }
            if (length == maxBytes) {
                return false;
            }
            if (length == held.length) {
                held = Arrays.copyOf(held, (int) Math.min(maxBytes, 2L * length));
            }
            held[length++] = b;
            if (ends(b)) {
                give(events);
            }
        }
        return true;
    }

    private void give(Consumer<byte[]> events) {
        events.accept(Arrays.copyOf(held, length));
        length = 0;
        lineEmpty = true;
    }

    private boolean ends(byte b) {
        boolean follows = afterReturn;
        afterReturn = b == '\r';
        if (b == '\n' && follows) {
            returnsWithFeeds = true;
            boolean owed = feedOwed;
            feedOwed = false;
            return owed;
        }
        if (b != '\n' && b != '\r') {
            lineEmpty = false;
            return false;
        }
        boolean ended = lineEmpty;
        lineEmpty = true;
        if (ended && b == '\r' && returnsWithFeeds) {
            feedOwed = true;
            return false;
        }
        return ended;
    }

    /** Whether an event has begun and not ended. */
    boolean inside() {
        return length > 0;
    }

    /** The data of an event; empty if it has none, as a comment. */
    static Optional<String> data(byte[] event) {
        StringBuilder data = new StringBuilder();
        boolean any = false;
        for (String line : new String(event, StandardCharsets.UTF_8).split("\r\n|\n|\r", -1)) {
            if (line.equals("data") || line.startsWith("data:")) {
                data.append(any ? "\n" : "").append(value(line));
                any = true;
            }
        }
        return any ? Optional.of(data.toString()) : Optional.empty();
    }

    private static String value(String line) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            return "";
        }
        return line.substring(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
    }
}

package io.theseus.node.http;

import static io.theseus.node.http.UpstreamFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.upstream.FakeUpstream;
import io.theseus.node.upstream.Upstream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the way through the node adds to an upstream's own time: a stream of events asked for directly and through the node in turns,
 * on connections that stay open. Each event says when it was written, so each gives a time of its own. A measurement and not a test:
 * run by name, as docs/benchmarks.md says, and never by the suite.
 */
class UpstreamLatency {
    private static final int EVENTS = 6;
    private static final int ROUNDS = 500;
    private static final int WARM_UP = 1500;
    private static final long GAP_NANOS = 1_000_000;
    private static final String WRITTEN = "\"written\":";

    @TempDir
    Path home;

    /** Times in nanoseconds: from the request to the first event, and from writing each event to reading it. */
    private record Times(List<Long> first, List<Long> each) {
        Times() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        static double micros(List<Long> times, double share) {
            return times.stream().sorted().toList().get((int) (share * (times.size() - 1))) / 1e3;
        }
    }

    @Test
    void printsWhatTheWayThroughAdds() throws Exception {
        try (FakeUpstream fake = new FakeUpstream("m");
                UpstreamFixture http =
                        new UpstreamFixture(home, UpstreamFixture.PATIENT, Upstream.parse(fake.base()))) {
            fake.then(UpstreamLatency::stream);
            Times direct = new Times();
            Times relayed = new Times();
            Times remembered = new Times();
            try (Socket there = connect(URI.create(fake.base()));
                    Socket here = connect(http.address())) {
                for (int round = 0; round < WARM_UP + ROUNDS; round++) {
                    boolean counts = round >= WARM_UP;
                    String ask = UpstreamFixture.streamed(ask("m", "Question " + round));
                    measure(
                            there,
                            ask.replace("\"temperature\":0", "\"temperature\":1"),
                            counts ? direct : new Times());
                    measure(
                            here,
                            ask.replace("\"temperature\":0", "\"temperature\":1"),
                            counts ? relayed : new Times());
                    // Greedy, so joined, checked and kept on disk as well.
                    measure(here, ask, counts ? remembered : new Times());
                }
            }
            double first = Times.micros(relayed.first(), 0.5) - Times.micros(direct.first(), 0.5);
            double each = Times.micros(relayed.each(), 0.5) - Times.micros(direct.each(), 0.5);
            double kept = Times.micros(remembered.first(), 0.5) - Times.micros(direct.first(), 0.5);
            print("direct", direct);
            print("relayed", relayed);
            print("relayed and remembered", remembered);
            System.out.printf(
                    Locale.ROOT,
                    "added at p50: first event %.0f us, each event %.0f us, first event of a remembered one %.0f us%n",
                    first,
                    each,
                    kept);
            assertThat(http.cache.count("")).isEqualTo(WARM_UP + ROUNDS);
        }
    }

    private static void print(String name, Times times) {
        System.out.printf(
                Locale.ROOT,
                "%s: first event p50 %.0f us, p95 %.0f us; each event p50 %.0f us, p95 %.0f us%n",
                name,
                Times.micros(times.first(), 0.5),
                Times.micros(times.first(), 0.95),
                Times.micros(times.each(), 0.5),
                Times.micros(times.each(), 0.95));
    }

    private static void stream(FakeUpstream.Wire wire) throws IOException {
        wire.events();
        for (int i = 0; i < EVENTS; i++) {
            String delta = FakeUpstream.delta("{\"content\":\"word \"}", i == EVENTS - 1 ? "\"stop\"" : "null");
            wire.chunk("data: " + delta.replace("{\"id\"", "{" + WRITTEN + System.nanoTime() + ",\"id\"") + "\n\n");
            LockSupport.parkNanos(GAP_NANOS);
        }
        wire.chunk("data: [DONE]\n\n").end();
    }

    private static Socket connect(URI server) throws IOException {
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void measure(Socket socket, String body, Times times) throws IOException {
        byte[] request = ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
        long asked = System.nanoTime();
        socket.getOutputStream().write(request);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        StringBuilder line = new StringBuilder();
        boolean first = true;
        boolean done = false;
        // To the end of the last chunk, an empty line after a zero.
        for (int b = in.read(); ; b = in.read()) {
            if (b < 0) {
                throw new IOException("the connection ended");
            }
            if (b != '\n') {
                line.append((char) b);
                continue;
            }
            int at = line.indexOf(WRITTEN);
            if (at >= 0) {
                long now = System.nanoTime();
                int from = at + WRITTEN.length();
                times.each().add(now - Long.parseLong(line.substring(from, line.indexOf(",", from))));
                if (first) {
                    times.first().add(now - asked);
                    first = false;
                }
            }
            if (done && line.toString().equals("\r")) {
                return;
            }
            done = line.toString().equals("0\r");
            line.setLength(0);
        }
    }
}

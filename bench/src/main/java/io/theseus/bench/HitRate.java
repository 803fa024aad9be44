package io.theseus.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/**
 * How many remembered answers a second does a node serve, and how soon does the first byte come?
 *
 * <p>{@code java bench/src/main/java/io/theseus/bench/HitRate.java} with the node's address, connections, seconds, {@code whole} or
 * {@code stream}. Each connection sends the same question again and again over HTTP keep-alive and waits for the whole answer. The
 * first quarter of the time is warm-up and does not count. The time to the first byte is the client's: it includes the way through the
 * kernel twice and the wait for a core that client and node share.
 */
public final class HitRate {
    private static final int MOST_SAMPLES = 1 << 20;

    private final URI address;
    private final byte[] request;
    private final long begin;
    private final long end;
    private final LongAdder answers = new LongAdder();
    private final long[] firstByteNanos = new long[MOST_SAMPLES];
    private final AtomicInteger samples = new AtomicInteger();

    private HitRate(URI address, boolean stream, long seconds) {
        this.address = address;
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}],"
                + "\"temperature\":0,\"max_tokens\":64,\"stream\":" + stream + "}";
        request = ("POST /v1/chat/completions HTTP/1.1\r\nHost: " + address.getAuthority()
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
        long nanos = seconds * 1_000_000_000L;
        begin = System.nanoTime() + nanos / 4;
        end = System.nanoTime() + nanos;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
        URI address = URI.create(args.length > 0 ? args[0] : "http://127.0.0.1:8484");
        int connections = args.length > 1 ? Integer.parseInt(args[1]) : 4;
        long seconds = args.length > 2 ? Long.parseLong(args[2]) : 10;
        boolean stream = args.length > 3 && args[3].equals("stream");
        // The first answer is computed, if it has to be.
        new HitRate(address, stream, 0).once();
        HitRate run = new HitRate(address, stream, seconds);
        Thread[] threads = new Thread[connections];
        for (int i = 0; i < connections; i++) {
            threads[i] = Thread.ofPlatform().start(run::repeat);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        out.println(run.report(connections, stream));
    }

    private String report(int connections, boolean stream) {
        long[] sorted = LongStream.of(Arrays.copyOf(firstByteNanos, Math.min(samples.get(), MOST_SAMPLES)))
                .sorted()
                .toArray();
        return String.format(
                Locale.ROOT,
                "%s connections=%d hits/s=%.0f first byte p50=%.3f ms p99=%.3f ms",
                stream ? "stream" : "whole",
                connections,
                answers.sum() * 1e9 / (end - begin),
                at(sorted, 0.5),
                at(sorted, 0.99));
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) (share * (sorted.length - 1))] / 1e6;
    }

    private void once() throws IOException {
        try (Socket socket = connect()) {
            exchange(socket.getOutputStream(), new Reader(socket.getInputStream()));
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(address.getHost(), address.getPort());
        socket.setTcpNoDelay(true);
        return socket;
    }

    private void repeat() {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            Reader in = new Reader(socket.getInputStream());
            while (System.nanoTime() < end) {
                long firstByte = exchange(out, in);
                if (System.nanoTime() >= begin && System.nanoTime() < end) {
                    answers.increment();
                    int sample = samples.getAndIncrement();
                    if (sample < MOST_SAMPLES) {
                        firstByteNanos[sample] = firstByte;
                    }
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Nanoseconds from the request's last byte to the response's first. */
    private long exchange(OutputStream out, Reader in) throws IOException {
        out.write(request);
        long sent = System.nanoTime();
        String status = in.line();
        long first = System.nanoTime() - sent;
        int length = -1;
        for (String header = in.line(); !header.isEmpty(); header = in.line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            }
        }
        if (!status.contains(" 200")) {
            throw new IOException("the node answered " + status);
        }
        if (length >= 0) {
            in.skip(length);
        } else {
            for (int chunk = Integer.parseInt(in.line(), 16); chunk > 0; chunk = Integer.parseInt(in.line(), 16)) {
                in.skip(chunk + 2);
            }
            in.line();
        }
        return first;
    }

    /** Lines and lengths, as much of HTTP/1.1 as this needs. */
    private static final class Reader {
        private final InputStream in;

        Reader(InputStream in) {
            this.in = new BufferedInputStream(in, 1 << 16);
        }

        String line() throws IOException {
            StringBuilder line = new StringBuilder(64);
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the node closed the connection");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        void skip(int bytes) throws IOException {
            in.skipNBytes(bytes);
        }
    }
}

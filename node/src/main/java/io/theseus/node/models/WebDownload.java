package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Brings one file from a web server into a {@link PartFile}, in as many attempts as it takes.
 *
 * <p>An attempt that finds bytes of an earlier one asks for the rest only, on the condition that the server still has the same version
 * of the file. Attempts go on as long as they bring something; {@link #MAX_FRUITLESS} in a row that do not are the end.
 *
 * <p>Source: RFC 9110, sections 8.8.3 (entity tags), 10.2.3 (Retry-After), 13.1.5 (If-Range), 14 (ranges).
 */
final class WebDownload {
    private static final int MAX_FRUITLESS = 6;
    private static final int MAX_ATTEMPTS = 500;

    /** An attempt that brought less has not really got anywhere. */
    private static final long PROGRESS_BYTES = 1 << 16;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_ASKED_PAUSE = Duration.ofMinutes(2);

    /** How often room on the disk is looked for while nobody knows how much will come. */
    private static final long ROOM_CHECK_BYTES = 16L << 20;

    private static final int BUFFER = 1 << 18;

    private final WebClient client;
    private final Environment environment;
    private final FetchListener listener;

    /**
     * What the outside contributes.
     *
     * @param clock for servers that name an hour to come again
     * @param pause between attempts
     * @param disk tells how much room is left
     * @param patience longest silence in the midst of an answer
     */
    record Environment(InstantSource clock, Pause pause, Disk disk, Duration patience) {}

    WebDownload(WebClient client, Environment environment, FetchListener listener) {
        this.client = client;
        this.environment = environment;
        this.listener = listener;
    }

    private sealed interface Outcome {
        record Whole(Expected expected) implements Outcome {}

        record Broken(String problem, Optional<Duration> comeBackAfter) implements Outcome {}
    }

    /**
     * Fetches {@code uri} into {@code part}, which is whole afterwards, but not yet checked.
     *
     * @return what the file must be, with what the server promised
     * @throws TheseusException {@link ErrorCode#FETCH_FAILED} if the server refuses or keeps failing, {@link
     *     ErrorCode#MODEL_NOT_FOUND} if it has no such file, {@link ErrorCode#IO_FAILED} if the disk is full
     */
    Expected fetch(URI uri, Optional<String> login, PartFile part, Expected expected)
            throws IOException, InterruptedException {
        int fruitless = 0;
        for (int attempt = 1; ; attempt++) {
            long before = part.begun(uri.toString()).bytes();
            Outcome outcome;
            try {
                outcome = attempt(uri, login, part, expected);
            } catch (ConnectionBroken e) {
                outcome = new Outcome.Broken(e.problem(), Optional.empty());
            }
            switch (outcome) {
                case Outcome.Whole whole -> {
                    return whole.expected();
                }
                case Outcome.Broken broken -> {
                    boolean progress = part.begun(uri.toString()).bytes() >= before + PROGRESS_BYTES;
                    fruitless = progress ? 1 : fruitless + 1;
                    Duration pause = broken.comeBackAfter().orElse(backoff(fruitless));
                    if (fruitless >= MAX_FRUITLESS
                            || attempt >= MAX_ATTEMPTS
                            || pause.compareTo(LONGEST_ASKED_PAUSE) > 0) {
                        throw new TheseusException(
                                ErrorCode.FETCH_FAILED,
                                uri + ": " + broken.problem() + "; gave up after " + attempt
                                        + (attempt == 1 ? " attempt" : " attempts")
                                        + ", the next call goes on where this one stopped");
                    }
                    listener.on(new FetchEvent.Retrying(broken.problem(), pause));
                    environment.pause().of(pause);
                }
            }
        }
    }

    private Outcome attempt(URI uri, Optional<String> login, PartFile part, Expected expected)
            throws IOException, InterruptedException, ConnectionBroken {
        PartFile.Begun begun = part.begun(uri.toString());
        // Without a checksum and without a version, nobody could tell whether the rest fits.
        if (begun.bytes() > 0
                && begun.validator().isEmpty()
                && expected.sha256().isEmpty()) {
            begun = PartFile.Begun.NOTHING;
        }
        Map<String, String> headers = new HashMap<>();
        if (begun.bytes() > 0) {
            headers.put("Range", "bytes=" + begun.bytes() + "-");
            begun.validator().ifPresent(v -> headers.put("If-Range", v));
        }
        WebClient.Answer answer = ask(uri, headers, login);
        HttpResponse<InputStream> response = answer.last();
        try (InputStream body = response.body()) {
            return switch (response.statusCode()) {
                case 200 -> whole(uri, answer, body, part, promised(answer, expected));
                case 206 -> rest(uri, answer, body, part, begun, promised(answer, expected));
                case 416 -> nothingLeft(response, part, begun, expected);
                case 404, 410 ->
                    throw new TheseusException(ErrorCode.MODEL_NOT_FOUND, uri + " does not exist; check its spelling");
                case 401, 403 ->
                    throw new TheseusException(
                            ErrorCode.FETCH_FAILED,
                            uri + " needs a login (status " + response.statusCode()
                                    + "); for Hugging Face set HF_TOKEN");
                case 408, 425, 429, 500, 502, 503, 504 ->
                    new Outcome.Broken("the server answers with status " + response.statusCode(), retryAfter(response));
                default ->
                    throw new TheseusException(
                            ErrorCode.FETCH_FAILED, uri + " answers with status " + response.statusCode());
            };
        }
    }

    private WebClient.Answer ask(URI uri, Map<String, String> headers, Optional<String> login)
            throws InterruptedException, ConnectionBroken {
        try {
            return client.get(uri, headers, login);
        } catch (IOException e) {
            throw ConnectionBroken.because(e);
        }
    }

    private Outcome whole(URI uri, WebClient.Answer answer, InputStream body, PartFile part, Expected expected)
            throws IOException, InterruptedException, ConnectionBroken {
        OptionalLong total = answer.last().headers().firstValueAsLong("Content-Length");
        if (total.isPresent()) {
            expected.checkLength(total.getAsLong(), uri.toString());
        }
        environment.disk().require(part.folder(), total.isPresent() ? total : expected.bytes(), 0);
        try (FileChannel file = part.begin(uri.toString(), validator(answer.last()))) {
            return copy(uri, body, part, file, total, expected);
        }
    }

    private Outcome rest(
            URI uri, WebClient.Answer answer, InputStream body, PartFile part, PartFile.Begun begun, Expected expected)
            throws IOException, InterruptedException, ConnectionBroken {
        Optional<ContentRange> range = ContentRange.of(answer.last());
        Optional<String> version = validator(answer.last());
        boolean otherVersion =
                begun.validator().isPresent() && version.isPresent() && !version.equals(begun.validator());
        if (range.isEmpty() || range.get().first() != begun.bytes() || otherVersion) {
            part.discard();
            return new Outcome.Broken(
                    "the server answers with another part than asked for; starting over", Optional.empty());
        }
        OptionalLong total = range.get().total();
        if (total.isPresent()) {
            expected.checkLength(total.getAsLong(), uri.toString());
        }
        environment.disk().require(part.folder(), total.isPresent() ? total : expected.bytes(), begun.bytes());
        try (FileChannel file = part.resume()) {
            return copy(uri, body, part, file, total, expected);
        }
    }

    private Outcome nothingLeft(
            HttpResponse<InputStream> response, PartFile part, PartFile.Begun begun, Expected expected)
            throws IOException {
        OptionalLong total = ContentRange.totalOfUnsatisfied(response);
        if (begun.bytes() > 0 && total.isPresent() && total.getAsLong() == begun.bytes()) {
            return new Outcome.Whole(expected);
        }
        part.discard();
        return new Outcome.Broken("the server has less than was fetched before; starting over", Optional.empty());
    }

    private Outcome copy(
            URI uri, InputStream body, PartFile part, FileChannel file, OptionalLong total, Expected expected)
            throws IOException, InterruptedException, ConnectionBroken {
        byte[] buffer = new byte[BUFFER];
        long done = file.size();
        long limit = expected.bytes().orElse(Long.MAX_VALUE);
        OptionalLong shown = total.isPresent() ? total : expected.bytes();
        listener.on(new FetchEvent.Advanced(done, shown));
        try (SilenceWatch watch = new SilenceWatch(body, environment.patience())) {
            while (true) {
                int n = read(body, buffer, watch);
                if (n < 0) {
                    break;
                }
                done += n;
                if (done > limit) {
                    throw new TheseusException(
                            ErrorCode.FETCH_FAILED, uri + " sends more than the model's " + limit + " bytes");
                }
                if (total.isEmpty() && (done - n) / ROOM_CHECK_BYTES != done / ROOM_CHECK_BYTES) {
                    environment.disk().require(part.folder(), OptionalLong.empty(), 0);
                }
                environment.disk().write(file, ByteBuffer.wrap(buffer, 0, n));
                listener.on(new FetchEvent.Advanced(done, shown));
            }
        }
        if (total.isPresent() && done < total.getAsLong()) {
            return new Outcome.Broken(
                    "the connection ended after " + done + " of " + total.getAsLong() + " bytes", Optional.empty());
        }
        expected.checkLength(done, uri.toString());
        file.force(true);
        return new Outcome.Whole(expected);
    }

    private static int read(InputStream body, byte[] buffer, SilenceWatch watch)
            throws InterruptedException, ConnectionBroken {
        try {
            int n = body.read(buffer);
            if (watch.fired()) {
                throw new ConnectionBroken("the server has gone silent");
            }
            watch.heard();
            return n;
        } catch (IOException e) {
            throw watch.fired() ? new ConnectionBroken("the server has gone silent") : ConnectionBroken.because(e);
        }
    }

    /** The hub tells length and checksum of large files in the answer that redirects to where they are stored. */
    private static Expected promised(WebClient.Answer answer, Expected expected) {
        HttpResponse<InputStream> hub = answer.first();
        Optional<String> sha256 = hub.headers()
                .firstValue("X-Linked-ETag")
                .map(tag -> tag.replace("\"", ""))
                .filter(tag -> tag.matches("[0-9a-f]{64}"));
        return expected.or(hub.headers().firstValueAsLong("X-Linked-Size"), sha256);
    }

    /** A strong entity tag; a weak one says nothing about bytes. */
    private static Optional<String> validator(HttpResponse<?> response) {
        return response.headers().firstValue("ETag").filter(tag -> tag.startsWith("\"") && tag.length() > 2);
    }

    private Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers().firstValue("Retry-After").flatMap(text -> {
            try {
                if (text.matches("\\d{1,9}")) {
                    return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
                }
                Instant when = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                Duration wait = Duration.between(environment.clock().instant(), when);
                return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        });
    }

    private static Duration backoff(int fruitless) {
        Duration pause = Duration.ofSeconds(1L << Math.min(fruitless - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}

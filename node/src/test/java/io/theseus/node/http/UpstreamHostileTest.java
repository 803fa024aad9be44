package io.theseus.node.http;

import static io.theseus.node.http.UpstreamFixture.ask;
import static io.theseus.node.http.UpstreamFixture.layer;
import static io.theseus.node.http.UpstreamFixture.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.upstream.FakeUpstream;
import io.theseus.node.upstream.FakeUpstream.Reply;
import io.theseus.node.upstream.FakeUpstream.Wire;
import io.theseus.node.upstream.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Whatever an upstream does, the client gets an answer or an error in OpenAI's shape, in bounded time, and nothing torn is ever
 * remembered.
 */
@Timeout(60)
class UpstreamHostileTest {
    private static final String[] CHUNKS = FakeUpstream.chunks("Hello you");
    private static final String FIRST = "data: " + CHUNKS[0] + "\n\n";
    private static final String MESSAGE = FakeUpstream.message("Hello you");
    private static final String JSON = "Content-Type: application/json";
    private static final String EVENTS = "Content-Type: text/event-stream";

    @TempDir
    static Path home;

    private static FakeUpstream fake;
    private static UpstreamFixture http;

    @BeforeAll
    static void open() throws Exception {
        fake = new FakeUpstream("m");
        http = new UpstreamFixture(home, UpstreamFixture.QUICK, Upstream.parse("fake=" + fake.base()));
    }

    @AfterAll
    static void close() throws Exception {
        http.close();
        fake.close();
    }

    private static Arguments whole(String name, int status, String code, Reply reply) {
        return Arguments.of(name, status, code, reply);
    }

    static Stream<Arguments> messages() {
        return Stream.of(
                whole("closes at once", 502, "upstream_unreachable", Wire::hangUp),
                whole("resets before the head", 502, "upstream_unreachable", Wire::reset),
                whole("resets within the head", 502, "upstream_unreachable", wire -> {
                    wire.write("HTTP/1.1 200 OK\r\nContent-Ty");
                    wire.reset();
                }),
                whole("resets after the head", 502, "upstream_broken", wire -> {
                    wire.head(200, JSON, "Content-Length: " + MESSAGE.length());
                    wire.reset();
                }),
                whole("says less than it announced", 502, "upstream_broken", wire -> {
                    wire.head(200, JSON, "Content-Length: " + (MESSAGE.length() + 1))
                            .write(MESSAGE);
                    wire.hangUp();
                }),
                whole("ends in the middle of a chunk", 502, "upstream_broken", wire -> {
                    wire.head(200, JSON, "Transfer-Encoding: chunked").write("fff\r\n" + MESSAGE);
                    wire.hangUp();
                }),
                whole(
                        "no HTTP",
                        502,
                        "upstream_unreachable",
                        wire -> wire.write("SSH-2.0-x\r\n\r\n").hangUp()),
                whole("never answers", 504, "upstream_timeout", Wire::stall),
                whole(
                        "stalls after the head",
                        504,
                        "upstream_timeout",
                        wire -> wire.head(200, JSON, "Content-Length: 9").stall()),
                whole("trickles", 504, "upstream_timeout", UpstreamHostileTest::trickle),
                whole("endless headers", 502, "upstream_unreachable", UpstreamHostileTest::endlessHeaders),
                whole("endless error", 502, "upstream_invalid_response", wire -> {
                    wire.head(400, JSON, "Transfer-Encoding: chunked");
                    endless(wire, "{\"x\":\"", "y".repeat(1 << 16));
                }),
                whole(
                        "a page",
                        502,
                        "upstream_invalid_response",
                        wire -> wire.head(200, "Content-Type: text/html", "Content-Length: 4")
                                .write("<hi>")),
                whole(
                        "no content type",
                        502,
                        "upstream_invalid_response",
                        wire -> wire.head(200, "Content-Length: " + MESSAGE.length())
                                .write(MESSAGE)),
                whole("half JSON", 502, "upstream_invalid_response", FakeUpstream.json(200, MESSAGE.substring(9))),
                whole("JSON and more", 502, "upstream_invalid_response", FakeUpstream.json(200, MESSAGE + "}")),
                whole("not UTF-8", 502, "upstream_invalid_response", wire -> {
                    byte[] bytes = MESSAGE.getBytes(StandardCharsets.UTF_8);
                    bytes[MESSAGE.indexOf("Hello")] = (byte) 0xC3;
                    wire.head(200, JSON, "Content-Length: " + bytes.length).write(bytes);
                }),
                whole("too deep", 502, "upstream_invalid_response", FakeUpstream.json(200, "{\"a\":".repeat(5000))),
                whole("a list", 502, "upstream_invalid_response", FakeUpstream.json(200, "[]")),
                whole("nothing", 502, "upstream_invalid_response", FakeUpstream.json(200, "")),
                whole("no choices", 502, "upstream_invalid_response", FakeUpstream.json(200, "{\"ok\":true}")),
                whole("gzip", 502, "upstream_invalid_response", UpstreamHostileTest::gzip),
                whole(
                        "a redirect",
                        502,
                        "upstream_invalid_response",
                        wire -> wire.head(302, "Location: http://127.0.0.1:1/v1/x", "Content-Length: 0")),
                whole("no content", 502, "upstream_invalid_response", wire -> wire.head(204)),
                whole(
                        "500 in words",
                        502,
                        "upstream_error",
                        wire -> wire.head(500, "Content-Type: text/plain", "Content-Length: 4")
                                .write("Oops")),
                whole(
                        "500 in JSON",
                        500,
                        "boom",
                        FakeUpstream.json(
                                500,
                                "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":\"boom\"}}")),
                whole(
                        "404 in words",
                        404,
                        "upstream_error",
                        wire -> wire.head(404, "Content-Type: text/html", "Content-Length: 6")
                                .write("<oops>")),
                whole("422 in another shape", 422, "upstream_error", FakeUpstream.json(422, "{\"detail\":[1]}")),
                whole(
                        "a strange status",
                        502,
                        "upstream_invalid_response",
                        wire -> wire.head(299, "Content-Length: 0")));
    }

    private static void endless(Wire wire, String first, String more) throws IOException {
        wire.chunk(first);
        // Until the client has enough: then writing fails.
        while (true) {
            wire.chunk(more);
        }
    }

    private static void endlessHeaders(Wire wire) throws IOException {
        wire.write("HTTP/1.1 200 OK\r\n");
        while (true) {
            wire.write(("X-A: " + "a".repeat(1000) + "\r\n").repeat(100));
        }
    }

    /** A byte now and then, forever. */
    private static void trickle(Wire wire) throws IOException {
        wire.head(200, JSON, "Content-Length: 100000");
        drip(wire, "{");
    }

    private static void drip(Wire wire, String text) throws IOException {
        try {
            for (int i = 0; i < 100_000; i++) {
                wire.write(text);
                if (wire.gone(20)) {
                    return;
                }
            }
        } finally {
            wire.hangUp();
        }
    }

    private static void gzip(Wire wire) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(MESSAGE.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(wire.request().header("accept-encoding")).isEqualTo("identity");
        wire.head(200, JSON, "Content-Encoding: gzip", "Content-Length: " + packed.size())
                .write(packed.toByteArray());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void givesAClearErrorAndRemembersNothing(String name, int status, String code, Reply reply) throws Exception {
        fake.instead(reply);

        HttpResponse<String> plain = http.chat(ask("m", name));

        isError(plain, status, code);
        fake.instead(reply);
        isError(http.chat(streamed(ask("m", name))), status, code);
        works(name);
    }

    private static void isError(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("application/json");
        JsonNode error = http.json(response).at("/error");
        assertThat(error.at("/code").stringValue()).as(response.body()).isEqualTo(code);
        assertThat(error.at("/message").stringValue()).isNotBlank().hasSizeLessThan(600);
        assertThat(error.at("/type").isString()).isTrue();
    }

    /** The same question, asked when the upstream is itself again, gets its answer from there. */
    private static void works(String question) throws Exception {
        fake.instead(FakeUpstream.chat("Hello you"));
        HttpResponse<String> answer = http.chat(ask("m", question));
        assertThat(layer(answer)).as("nothing was remembered").isEqualTo("compute");
        assertThat(answer.body()).isEqualTo(MESSAGE);
    }

    static Stream<Arguments> streams() {
        return Stream.of(
                whole(
                        "stalls in the middle",
                        0,
                        "upstream_timeout",
                        wire -> wire.events().chunk(FIRST).stall()),
                whole("trickles in the middle", 0, "upstream_timeout", wire -> {
                    wire.head(200, EVENTS, "Content-Length: 100000").write(FIRST + "data: ");
                    drip(wire, "x");
                }),
                whole("resets in the middle", 0, "upstream_broken", wire -> {
                    wire.events().chunk(FIRST);
                    wire.gone(100);
                    wire.reset();
                }),
                whole(
                        "ends without an end",
                        0,
                        "upstream_broken",
                        wire -> wire.events().chunk(FIRST).end()),
                whole(
                        "half an event",
                        0,
                        "upstream_broken",
                        wire -> wire.events()
                                .chunk(FIRST + "data: " + CHUNKS[1].substring(0, 40))
                                .end()),
                whole(
                        "no JSON",
                        0,
                        "upstream_invalid_response",
                        wire -> wire.events()
                                .chunk(FIRST + "data: {nope\n\ndata: [DONE]\n\n")
                                .end()),
                whole(
                        "an error in the middle",
                        0,
                        "boom",
                        wire -> wire.events()
                                .chunk(FIRST
                                        + "data: {\"error\":{\"message\":\"m\",\"code\":\"boom\"}}\n\ndata: [DONE]\n\n")
                                .end()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void endsABrokenStreamWithAnErrorAndRemembersNothing(String name, int status, String code, Reply reply)
            throws Exception {
        fake.instead(reply);

        HttpResponse<String> stream = http.chat(streamed(ask("m", name)));

        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(stream.body()).startsWith(FIRST).contains("\"error\":", code);
        assertThat(stream.body().endsWith("\n\n")).as("whole events only").isTrue();
        stream.body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .forEach(line -> assertThat(
                                http.json(line.substring("data: ".length())).isObject())
                        .isTrue());
        works(name);
    }

    @Test
    void anEndlessBodyOrEventIsCutOff(@TempDir Path other) throws Exception {
        try (UpstreamFixture patient =
                new UpstreamFixture(other, UpstreamFixture.PATIENT, Upstream.parse("fake=" + fake.base()))) {
            fake.instead(wire -> {
                wire.head(200, JSON, "Transfer-Encoding: chunked");
                endless(wire, "{\"x\":\"", "y".repeat(1 << 20));
            });
            isError(patient.chat(ask("m", "endless")), 502, "upstream_invalid_response");
            fake.instead(wire -> {
                wire.events().chunk(FIRST);
                endless(wire, "data: \"", "y".repeat(1 << 20));
            });
            assertThat(patient.chat(streamed(ask("m", "endless"))).body())
                    .hasSizeLessThan(2000)
                    .contains("upstream_invalid_response");
        }
    }

    @Test
    void anEmptyStreamIsAnError() throws Exception {
        for (String body : List.of("", "data: [DONE]\n\n", ": hello\n\n")) {
            fake.instead(wire ->
                    wire.head(200, EVENTS, "Content-Length: " + body.length()).write(body));
            HttpResponse<String> response = http.chat(streamed(ask("m", "empty " + body.length())));
            assertThat(response.statusCode()).as(body).isEqualTo(502);
            assertThat(response.body()).contains("upstream_");
        }
    }

    @Test
    void anAnswerWithoutItsReasonOrItsEndIsRelayedButNotRemembered() throws Exception {
        List<Reply> incomplete = List.of(
                FakeUpstream.json(200, MESSAGE.replace("\"stop\"", "null")),
                FakeUpstream.json(200, MESSAGE.replace("\"stop\"", "\"content_filter\"")),
                FakeUpstream.json(200, MESSAGE.replace("\"stop\"", "\"error\"")));
        int number = 0;
        for (Reply reply : incomplete) {
            String question = "incomplete " + number++;
            fake.instead(reply);
            assertThat(http.chat(ask("m", question)).statusCode()).isEqualTo(200);
            works(question);
        }
        fake.instead(FakeUpstream.stream(CHUNKS[0], CHUNKS[1], CHUNKS[2], CHUNKS[3]));
        assertThat(http.chat(streamed(ask("m", "no done"))).body()).endsWith("data: " + CHUNKS[3] + "\n\n");
        works("no done");
        fake.instead(FakeUpstream.stream(CHUNKS[0], CHUNKS[1], CHUNKS[5]));
        assertThat(http.chat(streamed(ask("m", "no reason"))).body()).endsWith("data: [DONE]\n\n");
        works("no reason");
        // Two answers were asked for, and one came.
        fake.instead(FakeUpstream.chat("Hello"));
        String two = ask("m", "two").replace("\"temperature\"", "\"n\":2,\"temperature\"");
        assertThat(http.chat(two).statusCode()).isEqualTo(200);
        assertThat(layer(http.chat(two))).isEqualTo("compute");
    }

    @Test
    void cutsInTheMiddleOfACharacterChangeNothing() throws Exception {
        String[] data = FakeUpstream.chunks("Grüße 😀 für dich");
        byte[] all = ("data: " + String.join("\r\n\r\ndata: ", data) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
        fake.instead(wire -> {
            wire.events();
            for (byte b : all) {
                wire.chunk(new byte[] {b});
            }
            wire.end();
        });
        HttpResponse<String> live = http.chat(UpstreamFixture.counted(ask("m", "umlauts")));
        assertThat(live.body()).isEqualTo(new String(all, StandardCharsets.UTF_8));
        HttpResponse<String> message = http.chat(ask("m", "umlauts"));
        assertThat(layer(message)).isEqualTo("answer");
        assertThat(http.json(message).at("/choices/0/message/content").stringValue())
                .isEqualTo("Grüße 😀 für dich");
    }

    @Test
    void moreThanAnnouncedIsNotTakenForTheNextAnswer() throws Exception {
        fake.instead(wire -> wire.head(200, JSON, "Content-Length: " + MESSAGE.length())
                .write(MESSAGE + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"));
        assertThat(http.chat(ask("m", "more 1")).body()).isEqualTo(MESSAGE);
        fake.instead(FakeUpstream.chat("Second"));
        // Either it is right, or it is an error; never what the other one was sent.
        HttpResponse<String> next = http.chat(ask("m", "more 2"));
        assertThat(next.body()).isEqualTo(FakeUpstream.message("Second"));
    }

    @Test
    void aStreamThatWasNotAskedForAndAMessageInsteadOfOneAreBothTurned() throws Exception {
        fake.instead(FakeUpstream.stream(CHUNKS));
        JsonNode message = http.json(http.chat(ask("m", "turned 1")));
        assertThat(message.at("/choices/0/message/content").stringValue()).isEqualTo("Hello you");

        fake.instead(FakeUpstream.json(200, MESSAGE));
        String stream = http.chat(streamed(ask("m", "turned 2"))).body();
        assertThat(stream).contains("Hello you").endsWith("data: [DONE]\n\n");
    }

    @Test
    void clientsThatSendWhatCannotBeRelayedAreTold() throws Exception {
        fake.instead(FakeUpstream.chat("Hi"));
        int before = fake.requests().size();
        for (String body :
                List.of("", "[]", "{\"model\":\"m\"", "{\"model\":\"m\",\"model\":\"m\"}", "{\"model\":7}")) {
            assertThat(http.chat(body).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(fake.requests()).hasSize(before);
    }
}

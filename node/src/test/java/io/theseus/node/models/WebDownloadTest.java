package io.theseus.node.models;

import static io.theseus.node.models.ScriptedServer.head;
import static io.theseus.node.models.ScriptedServer.ranges;
import static io.theseus.node.models.ScriptedServer.status;
import static io.theseus.node.models.ScriptedServer.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebDownloadTest {
    private static final byte[] MODEL = Bench.model(1);
    private static final String TAG = "\"v1\"";

    @TempDir
    Path home;

    private Bench bench;
    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        bench = new Bench(home);
        server = new ScriptedServer();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private URI uri() {
        return server.uri("/some/m.gguf");
    }

    private void assertInstalled(byte[] expected) throws IOException {
        Path folder = home.resolve("models/m");
        assertThat(folder.resolve("m.gguf")).hasBinaryContent(expected);
        assertThat(folder).isDirectoryNotContaining("glob:**.part*");
        assertThat(bench.store.list()).singleElement().satisfies(m -> {
            assertThat(m.sha256()).isEqualTo(Bench.sha256(expected));
            assertThat(m.bytes()).isEqualTo(expected.length);
        });
    }

    /** Where the bytes begin that request {@code index} asked for. */
    private int start(int index) {
        String range = server.requests().get(index).header("range");
        assertThat(range).matches("bytes=\\d+-");
        return Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    }

    private void refused(ErrorCode code, String... parts) {
        assertThatThrownBy(() -> bench.pull(uri()))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(parts);
        assertThat(bench.store.list()).isEmpty();
    }

    @Test
    void fetchesAFile() throws Exception {
        server.then(whole(MODEL));
        InstalledModel installed = bench.pull(uri());
        assertThat(installed.name()).isEqualTo("m");
        assertThat(installed.source()).isEqualTo(uri().toString());
        assertInstalled(MODEL);
        assertThat(bench.events.getFirst()).isEqualTo(new FetchEvent.Asking("m", uri().toString()));
        assertThat(bench.events.getLast()).isEqualTo(new FetchEvent.Installed("m", installed.file()));
        assertThat(bench.events(FetchEvent.Advanced.class).getLast().bytes()).isEqualTo(MODEL.length);
    }

    @Test
    void fetchesAFileOfUnknownLength() throws Exception {
        server.then((request, out) -> {
            head(out, 200);
            out.write(MODEL);
        });
        bench.pull(uri());
        assertInstalled(MODEL);
    }

    @Test
    void resumesWhereTheConnectionBroke() throws Exception {
        server.then(ranges(MODEL, TAG, 180_000));
        bench.pull(uri());
        assertInstalled(MODEL);
        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests().get(0).header("range")).isEmpty();
        // The client may lose what was on the wire when the connection broke.
        assertThat(start(1)).isBetween(100_000, 180_000);
        assertThat(start(2)).isBetween(200_000, 360_000);
        assertThat(server.requests().get(2).header("if-range")).isEqualTo(TAG);
        assertThat(server.requests().get(2).header("accept-encoding")).isEqualTo("identity");
        assertThat(bench.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    @Test
    void startsOverWhereRangesAreIgnored() throws Exception {
        server.then((request, out) -> {
                    head(out, 200, "ETag: " + TAG, "Content-Length: " + MODEL.length);
                    out.write(MODEL, 0, 200_000);
                })
                .then(whole(MODEL));
        bench.pull(uri());
        assertInstalled(MODEL);
        assertThat(start(1)).isPositive();
    }

    @Test
    void startsOverWhenTheFileChangedMeanwhile() throws Exception {
        byte[] other = Bench.model(2);
        server.then(ranges(MODEL, TAG, 150_000)).then(ranges(other, "\"v2\"", 1 << 20));
        bench.pull(uri());
        assertInstalled(other);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"v2\"|150000", "\"v1\"|150001", "\"v1\"|0"})
    void startsOverWhenTheServerSendsAnotherPartOrVersion(String tagAndStart) throws Exception {
        String tag = tagAndStart.split("\\|")[0];
        String start = tagAndStart.split("\\|")[1];
        server.then(ranges(MODEL, TAG, 150_000))
                .then((request, out) -> {
                    head(
                            out,
                            206,
                            "ETag: " + tag,
                            "Content-Range: bytes " + start + "-" + (MODEL.length - 1) + "/" + MODEL.length);
                    out.write(new byte[MODEL.length - 150_000]);
                })
                .then(whole(MODEL));
        bench.pull(uri());
        assertInstalled(MODEL);
        assertThat(server.requests().get(2).header("range")).isEmpty();
    }

    @Test
    void takesNoPartFromAServerWithoutVersions() throws Exception {
        server.then((request, out) -> {
                    head(out, 200, "ETag: W/\"weak\"", "Content-Length: " + MODEL.length);
                    out.write(MODEL, 0, 200_000);
                })
                .then(whole(MODEL));
        bench.pull(uri());
        assertInstalled(MODEL);
        assertThat(server.requests().get(1).header("range")).isEmpty();
    }

    @Test
    void finishesAPartThatLacksNothing() throws Exception {
        server.then(ranges(MODEL, TAG, 150_000)).then(status(404)).then(ranges(MODEL, TAG, 1 << 20));
        refused(ErrorCode.MODEL_NOT_FOUND, "does not exist");
        Files.write(bench.part("m"), MODEL);
        bench.pull(uri());
        assertInstalled(MODEL);
        assertThat(server.requests().getLast().header("range")).isEqualTo("bytes=" + MODEL.length + "-");
    }

    @Test
    void resumesInALaterCall() throws Exception {
        server.then(ranges(MODEL, TAG, 150_000)).then(status(403)).then(ranges(MODEL, TAG, 1 << 20));
        refused(ErrorCode.FETCH_FAILED, "needs a login", "HF_TOKEN");
        int there = (int) Files.size(bench.part("m"));
        assertThat(there).isBetween(100_000, 150_000);
        assertThat(bench.store.partial()).containsExactly("m");
        bench.pull(uri());
        assertInstalled(MODEL);
        assertThat(start(2)).isEqualTo(there);
        assertThat(bench.store.partial()).isEmpty();
    }

    @Test
    void startsOverOnceWhenAnOldPartIsDamaged() throws Exception {
        server.then(ranges(MODEL, TAG, 150_000)).then(status(403)).then(ranges(MODEL, TAG, 1 << 20));
        bench.catalogue("[m]\nsource = " + uri() + "\nsha256 = " + Bench.sha256(MODEL) + "\n");
        assertThatThrownBy(() -> bench.pull("m")).hasMessageContaining("needs a login");
        Files.write(bench.part("m"), new byte[(int) Files.size(bench.part("m"))]);
        bench.pull("m");
        assertInstalled(MODEL);
    }

    @Test
    void deletesBytesWithTheWrongChecksum() throws Exception {
        byte[] other = Bench.model(2);
        server.then(whole(other));
        bench.catalogue("[m]\nsource = " + uri() + "\nsha256 = " + Bench.sha256(MODEL) + "\n");
        assertThatThrownBy(() -> bench.pull("m"))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FETCH_FAILED))
                .hasMessageContainingAll(Bench.sha256(other), Bench.sha256(MODEL), "deleted");
        assertThat(bench.part("m")).doesNotExist();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void asksTheNextSourceWhenOneFails() throws Exception {
        server.then(status(404)).then(whole(Bench.model(2))).then(whole(MODEL));
        bench.catalogue("[m]\nsource = " + server.uri("/a.gguf") + "\nsource = " + server.uri("/b.gguf") + "\nsource = "
                + server.uri("/c.gguf") + "\nfile = m.gguf\nsha256 = " + Bench.sha256(MODEL) + "\n");
        assertThat(bench.pull("m").source()).isEqualTo(server.uri("/c.gguf").toString());
        assertInstalled(MODEL);
        assertThat(bench.events(FetchEvent.SourceFailed.class)).hasSize(2);
    }

    @Test
    void tellsOfAllSourcesWhenAllFail() throws Exception {
        server.then(status(404)).then(status(401));
        bench.catalogue("[m]\nsource = " + server.uri("/a.gguf") + "\nsource = " + server.uri("/b.gguf") + "\n");
        assertThatThrownBy(() -> bench.pull("m"))
                .hasMessageContainingAll("no source has m", "/a.gguf does not exist", "/b.gguf needs a login");
    }

    @Test
    void refusesAFileOfAnotherLength() throws Exception {
        server.then(whole(MODEL));
        bench.catalogue("[m]\nsource = " + uri() + "\nsize = 1000\n");
        assertThatThrownBy(() -> bench.pull("m")).hasMessageContaining("offers " + MODEL.length + " bytes");
        assertThat(bench.part("m")).doesNotExist();
    }

    @Test
    void stopsAServerThatSendsMoreThanItShould() throws Exception {
        server.then((request, out) -> {
            head(out, 200);
            for (int i = 0; i < 1000; i++) {
                out.write(MODEL);
            }
        });
        bench.catalogue("[m]\nsource = " + uri() + "\nsize = " + MODEL.length + "\n");
        assertThatThrownBy(() -> bench.pull("m")).hasMessageContaining("sends more than the model's");
    }

    @Test
    void refusesAWebPage() throws Exception {
        server.then(whole("<!DOCTYPE html><html>Please log in</html>".getBytes()));
        refused(ErrorCode.MODEL_INVALID, "a web page");
        assertThat(bench.part("m")).doesNotExist();
    }

    @Test
    void refusesATruncatedFileOfUnknownLength() throws Exception {
        server.then((request, out) -> {
            head(out, 200);
            out.write(MODEL, 0, 300_000);
        });
        refused(ErrorCode.MODEL_INVALID, "the download is incomplete");
    }

    @Test
    void givesUpAfterSeveralAttemptsThatBringNothing() throws Exception {
        server.then((request, out) -> {
            head(out, 200, "Content-Length: " + MODEL.length);
            out.write(MODEL, 0, 100);
        });
        refused(ErrorCode.FETCH_FAILED, "gave up after 6 attempts");
        assertThat(bench.pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L, 16L);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void comesBackToABusyServer(int status) throws Exception {
        server.then(status(status)).then(status(status, "Retry-After: 7")).then(whole(MODEL));
        bench.pull(uri());
        assertInstalled(MODEL);
        assertThat(bench.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(7));
    }

    @Test
    void understandsAnHourToComeBack() throws Exception {
        server.then(status(503, "Retry-After: Sat, 21 Nov 2026 12:00:42 GMT"))
                .then(status(503, "Retry-After: Sat, 21 Nov 2026 11:00:00 GMT"))
                .then(status(503, "Retry-After: soon"))
                .then(whole(MODEL));
        bench.pull(uri());
        assertThat(bench.pauses).containsExactly(Duration.ofSeconds(42), Duration.ZERO, Duration.ofSeconds(4));
    }

    @Test
    void doesNotWaitForHours() {
        server.then(status(429, "Retry-After: 7200"));
        refused(ErrorCode.FETCH_FAILED, "status 429");
        assertThat(bench.pauses).isEmpty();
    }

    @Test
    void asksOnceForWhatDoesNotExist() {
        server.then(status(404));
        refused(ErrorCode.MODEL_NOT_FOUND, "does not exist");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void leavesASilentServer() throws Exception {
        bench.patience = Duration.ofMillis(300);
        CountDownLatch end = new CountDownLatch(1);
        server.then((request, out) -> {
                    head(out, 200, "ETag: " + TAG, "Content-Length: " + MODEL.length);
                    out.write(MODEL, 0, 100_000);
                    out.flush();
                    await(end);
                })
                .then(ranges(MODEL, TAG, 1 << 20));
        bench.pull(uri());
        end.countDown();
        assertInstalled(MODEL);
        assertThat(bench.events(FetchEvent.Retrying.class))
                .singleElement()
                .satisfies(e -> assertThat(e.problem()).isEqualTo("the server has gone silent"));
        assertThat(server.requests().get(1).header("range")).isEqualTo("bytes=100000-");
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void saysWhenThereIsNobody() throws Exception {
        server.close();
        refused(ErrorCode.FETCH_FAILED, "no connection", "gave up after 6 attempts");
    }

    @Test
    void keepsThePartWhenInterrupted() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        server.then((request, out) -> {
                    head(out, 200, "ETag: " + TAG, "Content-Length: " + MODEL.length);
                    out.write(MODEL, 0, 200_000);
                    out.flush();
                    await(end);
                })
                .then(ranges(MODEL, TAG, 1 << 20));
        Thread me = Thread.currentThread();
        FetchListener interruptsWhenUnderWay = event -> {
            if (event instanceof FetchEvent.Advanced advanced && advanced.bytes() >= 200_000) {
                me.interrupt();
            }
        };
        assertThatThrownBy(() -> bench.fetcher().pull(uri().toString(), interruptsWhenUnderWay))
                .isInstanceOf(InterruptedException.class);
        end.countDown();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(bench.part("m")).hasSize(200_000);
        bench.pull(uri());
        assertInstalled(MODEL);
        assertThat(server.requests().get(1).header("range")).isEqualTo("bytes=200000-");
    }

    @Test
    void looksForRoomOnTheDiskFirst() {
        server.then(whole(MODEL));
        bench.usableBytes = Disk.RESERVE + MODEL.length - 1;
        refused(ErrorCode.IO_FAILED, "are needed in", "are free");
        assertThat(bench.part("m")).doesNotExist();
    }

    @Test
    void noticesWhenAnEndlessFileFillsTheDisk() {
        byte[] zeros = new byte[1 << 20];
        server.then((request, out) -> {
            head(out, 200);
            for (int i = 0; i < 100; i++) {
                out.write(zeros);
                bench.usableBytes = Disk.RESERVE - 1;
            }
        });
        refused(ErrorCode.IO_FAILED, "are needed in");
    }

    @Test
    void keepsNothingInTheFolderThatLooksLikeAModelUntilItIsOne() throws Exception {
        server.then(ranges(MODEL, TAG, 150_000)).then(status(403));
        refused(ErrorCode.FETCH_FAILED, "needs a login");
        try (var files = Files.list(home.resolve("models/m"))) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("m.gguf.part", "m.gguf.part.properties");
        }
        assertThatThrownBy(() -> {
                    bench.offline = true;
                    bench.fetcher().resolve("m", FetchListener.NONE);
                })
                .hasMessageContaining("there is no model called \"m\"");
        assertThat(Arrays.asList(bench.store.peek("m"))).containsExactly(Optional.empty());
    }
}

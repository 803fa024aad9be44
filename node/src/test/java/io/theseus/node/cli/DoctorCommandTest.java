package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorCommandTest {
    @TempDir
    Path home;

    @Test
    void aMachineInOrder() {
        String model = Golden.require("data/golden/tiny/qwen2.F32.gguf").toString();
        Map<String, String> status = statuses(0, "--model", model, "--port", "0");
        assertThat(status.keySet())
                .containsExactlyInAnyOrder("java", "kernels", "cores", "memory", "home", "model", "port");
        assertThat(status)
                .containsEntry("model", "ok")
                .containsEntry("port", "ok")
                .containsEntry("kernels", "ok");
    }

    @Test
    void findsWhatIsWrong() throws Exception {
        Path broken = Files.writeString(home.resolve("broken.gguf"), "GGUF and then nothing of the kind");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, String> status = statuses(
                    2, "--model", broken.toString(), "--port", "" + taken.getLocalPort(), "--kernel", "scalar");
            assertThat(status)
                    .containsEntry("model", "fail")
                    .containsEntry("port", "warn")
                    .containsEntry("kernels", "warn");
        }
        assertThat(statuses(0, "--port", "0")).containsEntry("model", "warn");
        assertThat(CliRun.of("doctor", "--home", home.toString(), "--model", "nonsense")
                        .out())
                .contains("FAIL  model")
                .contains("-> ");
    }

    private Map<String, String> statuses(int exit, String... args) {
        String[] all = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("doctor", "--json", "--home", home.toString()),
                        java.util.Arrays.stream(args))
                .toArray(String[]::new);
        CliRun run = CliRun.of(all);
        assertThat(run.status()).as(run.out() + run.err()).isEqualTo(exit);
        JsonNode page = JsonMapper.shared().readTree(run.out());
        return page.get("checks")
                .valueStream()
                .collect(Collectors.toMap(
                        check -> check.get("name").stringValue(),
                        check -> check.get("status").stringValue()));
    }
}

package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelsCommandTest {
    @TempDir
    Path home;

    @Test
    void aModelComesIsListedIsCheckedAndGoes() throws Exception {
        Path file = Golden.require("data/golden/tiny/qwen2.F32.gguf");
        assertThat(run("models").out()).contains("none").contains("SmolLM2-135M-Instruct");
        CliRun pull = run("pull", file.toString());
        assertThat(pull.status()).as(pull.err()).isZero();
        assertThat(pull.out()).startsWith("qwen2.F32 ");
        JsonNode list =
                JsonMapper.shared().readTree(run("models", "list", "--json").out());
        assertThat(list.get("installed").size()).isEqualTo(1);
        assertThat(list.get("installed").get(0).get("name").stringValue()).isEqualTo("qwen2.F32");
        assertThat(run("models", "verify").out()).startsWith("ok       qwen2.F32");
        CliRun answer = run("ask", "--json", "--model", "qwen2.F32", "--max-tokens", "3", "Hi");
        assertThat(JsonMapper.shared().readTree(answer.out()).get("model").stringValue())
                .isEqualTo("qwen2.F32");

        Path installed = Path.of(list.get("installed").get(0).get("file").stringValue());
        byte[] bytes = Files.readAllBytes(installed);
        bytes[bytes.length - 1] ^= 1;
        installed.toFile().setWritable(true);
        Files.write(installed, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        CliRun damaged = run("models", "verify");
        assertThat(damaged.status()).isEqualTo(2);
        assertThat(damaged.out()).startsWith("DAMAGED  qwen2.F32");
        CliRun refused = run("ask", "--model", "qwen2.F32", "Hi");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();

        assertThat(run("models", "remove", "qwen2.F32").out()).startsWith("removed");
        assertThat(Files.exists(installed)).isFalse();
        CliRun again = run("models", "remove", "qwen2.F32");
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.err().lines()).hasSize(1);
    }

    @Test
    void whatNobodyKnowsIsOneLineAndStatus2() {
        for (String name : new String[] {"no-such-model", "/no/such/file.gguf", "SmolLM2-135M-Instrukt"}) {
            CliRun run = run("pull", name, "--offline");
            assertThat(run.status()).as(name).isEqualTo(2);
            assertThat(run.err().lines()).as(name).hasSize(1);
            assertThat(run.out()).isEmpty();
        }
        assertThat(run("models", "verify", "no-such-model").status()).isEqualTo(2);
        assertThat(run("ask", "--offline", "Hi").err()).contains("offline");
    }

    private CliRun run(String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--home";
        all[args.length + 1] = home.toString();
        return CliRun.of(all);
    }
}

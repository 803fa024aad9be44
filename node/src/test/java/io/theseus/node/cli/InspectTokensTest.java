package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class InspectTokensTest {
    private final JsonMapper mapper = JsonMapper.shared();

    @Test
    void goldenLinesComeOutAsTheyShould() {
        Path model = Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf");
        List<JsonNode> golden = Golden.jsonLines("data/golden/tokenizer_smollm2.jsonl.gz").stream()
                .map(mapper::readTree)
                .toList();
        StringBuilder lines = new StringBuilder();
        for (JsonNode line : golden) {
            for (boolean special : new boolean[] {true, false}) {
                ObjectNode request = mapper.createObjectNode();
                request.set("text", line.get("text"));
                request.put("parse_special", special);
                lines.append(mapper.writeValueAsString(request)).append('\n');
            }
        }
        CliRun run =
                CliRun.with(lines.toString(), Map.of(), "inspect", "tokens", "--model", model.toString(), "--jsonl");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        List<String> answers = run.out().lines().toList();
        assertThat(answers).hasSize(2 * golden.size());
        for (int i = 0; i < golden.size(); i++) {
            assertThat(mapper.readTree(answers.get(2 * i)).get("ids"))
                    .as("%s", golden.get(i).get("text"))
                    .isEqualTo(golden.get(i).get("ids_special"));
            assertThat(mapper.readTree(answers.get(2 * i + 1)).get("ids"))
                    .as("%s", golden.get(i).get("text"))
                    .isEqualTo(golden.get(i).get("ids_plain"));
        }
    }

    @Test
    void aTextOnTheCommandLineNeedsNoJson() {
        String model = Golden.require("data/golden/tiny/qwen2.F32.gguf").toString();
        CliRun plain = CliRun.of("inspect", "tokens", "--model", model, "<|im_start|>a");
        CliRun special =
                CliRun.of("inspect", "tokens", "--model", model, "--parse-special", "--pieces", "<|im_start|>a");
        CliRun object = CliRun.with("{\"text\":\n\"<|im_start|>a\"}", Map.of(), "inspect", "tokens", "--model", model);
        assertThat(object).isEqualTo(plain);
        assertThat(mapper.readTree(plain.out()).get("ids").size()).isGreaterThan(3);
        JsonNode answer = mapper.readTree(special.out());
        assertThat(answer.get("ids").size()).isEqualTo(2);
        assertThat(answer.get("pieces").get(0).stringValue()).isEqualTo("<|im_start|>");
    }

    @Test
    void mistakesAreOneLineAndStatus2() {
        String model = Golden.require("data/golden/tiny/qwen2.F32.gguf").toString();
        for (List<String> args : List.of(
                List.of("--model", "/no/such/model.gguf", "x"),
                List.of("--model", model, "--jsonl", "/no/such/file"),
                List.of("--model", model, "--jsonl", "-", "text as well"),
                List.of("--model", model))) {
            String[] all = java.util.stream.Stream.concat(
                            java.util.stream.Stream.of("inspect", "tokens"), args.stream())
                    .toArray(String[]::new);
            CliRun run = CliRun.of(all);
            assertThat(run.status()).as("%s", args).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines()).as("%s", args).hasSize(1);
        }
    }
}

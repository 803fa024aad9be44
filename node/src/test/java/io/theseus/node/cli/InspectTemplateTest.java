package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class InspectTemplateTest {
    private final JsonMapper mapper = JsonMapper.shared();

    @TempDir
    Path folder;

    @Test
    void goldenConversationsComeOutByteForByte() throws Exception {
        Map<String, JsonNode> conversations = new HashMap<>();
        Map<String, JsonNode> templates = new HashMap<>();
        Map<String, StringBuilder> requests = new HashMap<>();
        Map<String, List<JsonNode>> expected = new HashMap<>();
        for (String line : Golden.jsonLines("data/golden/chat_templates.jsonl.gz")) {
            JsonNode node = mapper.readTree(line);
            switch (node.get("kind").stringValue()) {
                case "conversation" -> conversations.put(node.get("name").stringValue(), node);
                case "template" -> templates.put(node.get("name").stringValue(), node);
                default -> {
                    String name = node.get("template").stringValue();
                    ObjectNode request = (ObjectNode) conversations
                            .get(node.get("conversation").stringValue())
                            .deepCopy();
                    request.set("bos_token", templates.get(name).get("bos_token"));
                    request.set("eos_token", templates.get(name).get("eos_token"));
                    request.put("now", "2025-07-26T12:34:56");
                    requests.computeIfAbsent(name, n -> new StringBuilder())
                            .append(mapper.writeValueAsString(request))
                            .append('\n');
                    expected.computeIfAbsent(name, n -> new java.util.ArrayList<>())
                            .add(node);
                }
            }
        }
        assertThat(requests).hasSizeGreaterThan(10);
        for (String name : requests.keySet()) {
            Path file = Files.writeString(
                    folder.resolve(name + ".jinja"),
                    templates.get(name).get("template").stringValue());
            CliRun run = CliRun.with(
                    requests.get(name).toString(),
                    Map.of(),
                    "inspect",
                    "template",
                    "--template",
                    file.toString(),
                    "--jsonl");
            assertThat(run.status()).as(run.err()).isZero();
            List<String> answers = run.out().lines().toList();
            assertThat(answers).hasSize(expected.get(name).size());
            for (int i = 0; i < answers.size(); i++) {
                JsonNode answer = mapper.readTree(answers.get(i));
                JsonNode want = expected.get(name).get(i);
                if (want.has("output")) {
                    assertThat(answer.get("output")).as("%s", want).isEqualTo(want.get("output"));
                } else {
                    assertThat(answer.has("error")).as("%s", want).isTrue();
                }
            }
        }
    }

    @Test
    void theModelsOwnTemplateNeedsNoTokens() {
        String model = Golden.require("data/golden/tiny/qwen2.F32.gguf").toString();
        CliRun run = CliRun.with(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}",
                Map.of(),
                "inspect",
                "template",
                "--model",
                model);
        assertThat(run.status()).isZero();
        assertThat(mapper.readTree(run.out()).get("output").stringValue())
                .endsWith("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
    }

    @Test
    void mistakesAreOneLine() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.jinja"), "{% frobnicate %}");
        CliRun compile = CliRun.of("inspect", "template", "--template", broken.toString());
        assertThat(compile.status()).isEqualTo(2);
        assertThat(compile.err().lines()).hasSize(1);
        assertThat(compile.err()).contains("frobnicate");
        Path fine = Files.writeString(folder.resolve("fine.jinja"), "{{ messages[0].content }}");
        for (String request : List.of(
                "",
                "{}",
                "{\"messages\":7}",
                "{\"messages\":[1]}",
                "{\"messages\":[{\"role\":\"user\"}],\"now\":\"soon\"}")) {
            CliRun run = CliRun.with(request, Map.of(), "inspect", "template", "--template", fine.toString());
            assertThat(run.status()).as(request).isEqualTo(2);
            assertThat(run.err().lines()).as(request).hasSize(1);
            assertThat(run.out()).as(request).isEmpty();
        }
    }
}

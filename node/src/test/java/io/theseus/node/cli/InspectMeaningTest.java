package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InspectMeaningTest {
    private static final String PAIRS = """
            {"a": "What's the capital of France?", "b": "What is the capital of France", "id": 7}
            {"a": "Are cats afraid of tigers?", "b": "Are tigers afraid of cats?"}
            {"a": "one text"}
            {"a": "How do I lose weight?", "b": "Who discovered penicillin?"}
            """;

    private final JsonMapper mapper = JsonMapper.shared();

    @Test
    void eachLineHasACosineADecisionAndReasons() {
        String model = Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf").toString();
        CliRun run = CliRun.with(PAIRS, Map.of(), "inspect", "meaning", "--embedding-model", model, "--jsonl");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        List<JsonNode> lines = run.out().lines().map(mapper::readTree).toList();
        assertThat(lines).hasSize(4);

        assertThat(lines.get(0).get("same").booleanValue()).isTrue();
        assertThat(lines.get(0).get("cosine").doubleValue()).isBetween(0.92, 1.000001);
        // Closer than many a paraphrase, and yet another question: the reason for the graph.
        assertThat(lines.get(1).get("cosine").doubleValue()).isGreaterThan(0.97);
        assertThat(lines.get(1).get("same").booleanValue()).isFalse();
        assertThat(lines.get(1).get("why").get(0).stringValue()).contains("exchange roles");
        assertThat(lines.get(2).get("error").stringValue()).contains("`b` is missing");
        assertThat(lines.get(3).get("same").booleanValue()).isFalse();
        assertThat(lines.get(3).get("cosine").doubleValue()).isLessThan(0.5);

        CliRun two = CliRun.of(
                "inspect", "meaning", "--model", model, "Are cats afraid of tigers?", "Are tigers afraid of cats?");
        assertThat(mapper.readTree(two.out())).isEqualTo(lines.get(1));
    }

    @Test
    void mistakesAreOneLineAndStatus2() {
        for (List<String> args : List.of(
                List.of("only one text"),
                List.of("--jsonl", "-", "a text", "another"),
                List.of("--embedding-model", "none", "a text", "another"),
                List.of("--model", "/no/such/model.gguf", "a text", "another"))) {
            String[] all = java.util.stream.Stream.concat(
                            java.util.stream.Stream.of("inspect", "meaning"), args.stream())
                    .toArray(String[]::new);
            CliRun run = CliRun.of(all);
            assertThat(run.status()).as("%s", args).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines()).as("%s", args).hasSize(1);
        }
    }

    @Test
    void explainPrintsTheGraphForPeopleAndPrograms() {
        CliRun text = CliRun.of("explain", "Is the capital of France", "not Paris?");
        assertThat(text.status()).isZero();
        assertThat(text.out())
                .contains("asks       yes_no")
                .contains("[capital] -> [of] -> [france]")
                .contains("denied");

        CliRun json = CliRun.with("How far is 5 km?", Map.of(), "explain", "--json");
        JsonNode page = mapper.readTree(json.out());
        assertThat(page.get("language").stringValue()).isEqualTo("en");
        assertThat(page.get("canonical").toString()).contains("5000 m");
    }
}

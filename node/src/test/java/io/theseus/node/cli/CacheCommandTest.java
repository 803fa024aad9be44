package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class CacheCommandTest {
    private static final String QUESTION = "What is the capital?";

    @TempDir
    Path home;

    private final ScriptedEngine engine = new ScriptedEngine(prompt -> List.of("The ", "capital ", "is ", "Paris."));

    private CliRun run(String... args) {
        return CliRun.with(
                new ByteArrayInputStream(new byte[0]),
                Map.of("THESEUS_HOME", home.toString()),
                (call, config, rooted) -> ScriptedEngine.model(engine),
                args);
    }

    private String keyOf(CliRun answer) {
        return JsonMapper.shared().readTree(answer.out()).at("/key").stringValue();
    }

    @Test
    void theSecondAskIsNotComputedAndSaysSo() {
        CliRun first = run("ask", QUESTION);
        CliRun second = run("ask", QUESTION);
        assertThat(engine.prompts).hasSize(1);
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(second.err()).contains("note: remembered").contains("--no-cache");
        assertThat(first.err()).doesNotContain("remembered");

        run("ask", "--no-cache", QUESTION);
        assertThat(engine.prompts).hasSize(2);
        JsonNode json =
                JsonMapper.shared().readTree(run("ask", "--json", QUESTION).out());
        assertThat(json.at("/layer").stringValue()).isEqualTo("answer");
        assertThat(json.at("/answer").stringValue()).isEqualTo("The capital is Paris.");
        assertThat(json.at("/usage/cached_tokens")).isEqualTo(json.at("/usage/prompt_tokens"));
        run("ask", "--temperature", "1", QUESTION);
        run("ask", "--temperature", "1", QUESTION);
        assertThat(engine.prompts).as("drawn without a seed").hasSize(4);
        run("ask", "--temperature", "1", "--seed", "3", QUESTION);
        run("ask", "--temperature", "1", "--seed", "3", QUESTION);
        assertThat(engine.prompts).hasSize(5);
    }

    @Test
    void answersAreListedShownPinnedAndDeleted() {
        String key = keyOf(run("ask", "--json", QUESTION));
        run("ask", "Something else");

        assertThat(run("cache", "list").out().lines()).hasSize(2);
        assertThat(run("cache", "list", "capital?").out())
                .contains(key.substring(0, 12))
                .contains(QUESTION);
        assertThat(run("cache", "list", "--json", "capital?").out().lines()).hasSize(1);
        assertThat(run("cache", "list", "-n", "1").err()).contains("1 of 2");
        CliRun shown = run("cache", "show", key.substring(0, 8));
        assertThat(shown.out())
                .contains("The capital is Paris.")
                .contains("proof      valid")
                .contains(QUESTION);
        assertThat(JsonMapper.shared()
                        .readTree(run("cache", "show", "--json", key).out())
                        .at("/receipt/verification")
                        .stringValue())
                .isEqualTo("exact-engine");
        assertThat(run("cache", "pin", key).status()).isZero();
        assertThat(run("cache", "list", "capital?").out()).startsWith("*");
        assertThat(run("cache", "clear").out()).contains("forgot 1 ");
        assertThat(run("cache", "unpin", key).status()).isZero();
        assertThat(run("cache", "rm", key).out()).contains("removed " + key);
        assertThat(run("cache", "rm", key).status()).isEqualTo(2);
        assertThat(run("cache", "rm").status()).isEqualTo(2);
        run("ask", QUESTION);
        assertThat(engine.prompts).hasSize(3);
        assertThat(run("cache", "rm", "--model", "scripted").out()).contains("removed 1 ");
    }

    @Test
    void statsCountOverAllProcesses() {
        run("ask", QUESTION);
        run("ask", QUESTION);
        run("ask", QUESTION);
        assertThat(run("cache").out())
                .contains("hits       2 of 3 lookups (66.7 %)")
                .contains("1 of scripted");
        JsonNode stats =
                JsonMapper.shared().readTree(run("cache", "stats", "--json").out());
        assertThat(stats.at("/entries").intValue()).isEqualTo(1);
        assertThat(stats.at("/lifetime/hits").intValue()).isEqualTo(2);
        assertThat(stats.at("/lifetime/saved_nanos").longValue()).isEqualTo(10_000_000);
    }

    @Test
    void anExportIsTakenBackButNotABentOne() throws Exception {
        run("ask", QUESTION);
        run("ask", "Another");
        Path file = home.resolve("answers.theseus");
        assertThat(run("cache", "export", file.toString()).out()).contains("wrote 2 answers");
        run("cache", "clear");
        assertThat(run("cache", "import", file.toString()).out()).contains("took 2 answers");
        run("ask", QUESTION);
        assertThat(engine.prompts).hasSize(2);

        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        byte[] bent = bytes.clone();
        bent[text.lastIndexOf("Paris.")] ^= 1;
        Files.write(file, bent);
        run("cache", "clear");
        CliRun taken = run("cache", "import", file.toString());
        assertThat(taken.status()).isEqualTo(2);
        assertThat(taken.out()).contains("took 1 answers, refused 1");
        assertThat(taken.err()).contains("does not fit");
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 3));
        assertThat(run("cache", "import", file.toString()).err()).contains("ends in the middle");
        Files.writeString(file, "something else");
        assertThat(run("cache", "import", file.toString()).status()).isEqualTo(2);
        assertThat(run("cache", "import", home.resolve("none").toString()).status())
                .isEqualTo(1);
    }

    @Test
    void withoutACacheNothingIsWritten() throws Exception {
        CliRun.with(
                new ByteArrayInputStream(new byte[0]),
                Map.of("THESEUS_HOME", home.toString(), "THESEUS_CACHE", "off"),
                (call, config, rooted) -> ScriptedEngine.model(engine),
                "ask",
                QUESTION);
        assertThat(home.resolve("cache")).doesNotExist();
        assertThat(home.resolve("node.key")).doesNotExist();
    }
}

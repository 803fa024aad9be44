package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class AskCommandTest {
    private final ScriptedEngine paris = new ScriptedEngine(prompt -> List.of("The ", "capital ", "is ", "Paris."));

    @Test
    void theAnswerAloneGoesToStandardOutput() {
        CliRun run = CliRun.answeredBy(paris, "", "ask", "What is", "the capital?");
        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualTo("The capital is Paris." + System.lineSeparator());
        assertThat(paris.prompts).containsExactly("What is the capital?");
        assertThat(paris.sampling.get(0).temperature()).isZero();
        assertThat(paris.closed()).isTrue();
    }

    @Test
    void pipedTextIsAppended() {
        CliRun.answeredBy(paris, "a letter\nof two lines\n", "ask", "Summarise:");
        CliRun.answeredBy(paris, "a letter", "ask", "Summarise", "this", "-");
        CliRun.answeredBy(paris, "only this\n", "ask");
        CliRun.answeredBy(paris, "only this", "ask", "-");
        CliRun.answeredBy(paris, "", "ask", "5 - 3 ?");
        assertThat(paris.prompts)
                .containsExactly(
                        "Summarise:\n\na letter\nof two lines",
                        "Summarise this\n\na letter",
                        "only this",
                        "only this",
                        "5 - 3 ?");
    }

    @Test
    void silentInputThatNeverEndsDoesNotHang() {
        InputStream silent = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("a test must not wait here");
            }

            @Override
            public int available() {
                return 0;
            }
        };
        CliRun run = CliRun.with(
                silent, Map.of(), (call, config, rooted) -> ScriptedEngine.model(paris), "ask", "What is the capital?");
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("The capital");
    }

    @Test
    void jsonIsOneObjectWithEverythingAsked() {
        CliRun run = CliRun.answeredBy(
                paris, "", "ask", "--json", "--temperature", "0.5", "--seed=7", "--system", "Be terse.", "Capital?");
        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        JsonNode answer = JsonMapper.shared().readTree(run.out());
        assertThat(answer.get("model").stringValue()).isEqualTo("scripted");
        assertThat(answer.get("answer").stringValue()).isEqualTo("The capital is Paris.");
        assertThat(answer.get("finish_reason").stringValue()).isEqualTo("stop");
        assertThat(answer.get("seed").longValue()).isEqualTo(7);
        JsonNode usage = answer.get("usage");
        assertThat(usage.get("completion_tokens").intValue()).isEqualTo(4);
        assertThat(usage.get("total_tokens").intValue())
                .isEqualTo(usage.get("prompt_tokens").intValue() + 4);
        assertThat(answer.get("timings").get("decode_tps").doubleValue()).isEqualTo(1000);
        assertThat(paris.prompts).containsExactly("Be terse.\nCapital?");
        assertThat(paris.sampling.get(0).temperature()).isEqualTo(0.5f);
        assertThat(paris.sampling.get(0).seed()).isEqualTo(7);
    }

    @Test
    void withoutASeedEachRandomAnswerHasItsOwn() {
        CliRun.answeredBy(paris, "", "ask", "-t", "1", "x");
        CliRun.answeredBy(paris, "", "ask", "-t", "1", "x");
        assertThat(paris.sampling.get(0).seed())
                .isNotEqualTo(paris.sampling.get(1).seed());
    }

    @Test
    void aCutAnswerSaysSo() {
        CliRun run = CliRun.answeredBy(paris, "", "ask", "--max-tokens", "2", "Capital?");
        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualTo("The capital " + System.lineSeparator());
        assertThat(run.err()).contains("cut after 2 tokens").contains("--max-tokens");
    }

    @Test
    void aFaultInMidAnswerIsOneLineAndItsStatus() {
        ScriptedEngine broken = new ScriptedEngine(prompt -> List.of("The ", "fail"));
        CliRun run = CliRun.answeredBy(broken, "", "ask", "Capital?");
        assertThat(run.status()).isEqualTo(ErrorCode.NUMERIC_FAULT.exitStatus());
        assertThat(run.err().lines().filter(line -> line.startsWith("theseus ask:")))
                .containsExactly("theseus ask: layer 3 met a NaN; the file is damaged");
        assertThat(broken.closed()).isTrue();
    }

    @Test
    void mistakesAreOneLineAndStatus2() {
        for (List<String> args : List.of(
                List.of("ask"),
                List.of("ask", ""),
                List.of("ask", "--temperature", "hot", "x"),
                List.of("ask", "--temperature=-1", "x"),
                List.of("ask", "--max-tokens=-5", "x"),
                List.of("ask", "--top-p", "1.5", "x"),
                List.of("ask", "--stop", "", "x"),
                List.of("ask", "--kernel", "gpu", "x"),
                List.of("ask", "overflow"))) {
            CliRun run = CliRun.answeredBy(paris, "", args.toArray(String[]::new));
            assertThat(run.status()).as("%s", args).isEqualTo(2);
            assertThat(run.out().strip()).as("%s", args).isEmpty();
            assertThat(run.err().lines().filter(line -> !line.startsWith("note:")))
                    .as("%s", args)
                    .hasSize(1);
            assertThat(run.err()).as("%s", args).doesNotContain("\tat ").contains("theseus ask: ");
        }
    }
}

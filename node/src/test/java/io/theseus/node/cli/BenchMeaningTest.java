package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.TinyEncoder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchMeaningTest {
    @TempDir
    Path folder;

    @Test
    void timesEachPartOfASearchThatFindsSomething() throws Exception {
        String model = new TinyEncoder().gguf(folder.resolve("tiny.gguf")).toString();
        CliRun run =
                CliRun.of("bench", "meaning", "--model", model, "--entries", "300,3000", "--rounds", "9", "--json");
        assertThat(run.status()).as(run.err()).isZero();
        JsonNode page = JsonMapper.shared().readTree(run.out());
        assertThat(page.get("found").intValue()).isEqualTo(1);
        for (String part : new String[] {"embed", "guard"}) {
            assertThat(page.get(part + "_ms").doubleValue())
                    .isPositive()
                    .isLessThanOrEqualTo(page.get(part + "_p95_ms").doubleValue());
        }
        assertThat(page.at("/scans/0/entries").intValue()).isEqualTo(300);
        // Ten times the entries take longer, whatever the machine does meanwhile.
        assertThat(page.at("/scans/1/scan_ms").doubleValue())
                .isGreaterThan(page.at("/scans/0/scan_ms").doubleValue());
    }

    @Test
    void mistakesAreOneLineAndStatus2() {
        for (String[] wrong : new String[][] {{"--entries", "0"}, {"--rounds", "0"}, {"--entries", "x"}}) {
            CliRun run = CliRun.of("bench", "meaning", wrong[0], wrong[1]);
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains(wrong[0]);
        }
    }
}

package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCacheTest {
    @TempDir
    Path folder;

    private static JsonNode replay(Path trace, long tokens) {
        CliRun run =
                CliRun.of("bench", "cache", "--trace", trace.toString(), "--capacity-tokens", "" + tokens, "--json");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return JsonMapper.shared().readTree(run.out());
    }

    @Test
    void onRecordedConversationsThePolicyLiesBetweenLruAndTheBound() {
        Path trace = Golden.require("data/traces/mooncake_conversation.jsonl.gz");
        for (long tokens : new long[] {1_000_000, 10_000_000}) {
            JsonNode result = replay(trace, tokens);
            double ours = result.get("token_hit").doubleValue();
            double lru = result.get("lru_token_hit").doubleValue();
            double bound = result.get("bound_token_hit").doubleValue();
            assertThat(lru).as("%d tokens", tokens).isPositive();
            assertThat(ours).as("%d tokens", tokens).isGreaterThan(lru * 1.03).isLessThan(bound);
            assertThat(bound).isLessThan(0.374);
        }
    }

    @Test
    void aPlainTraceIsReadByHand() throws IOException {
        Path trace = Files.writeString(folder.resolve("trace.jsonl"), """
            {"timestamp": 0, "input_length": 1024, "output_length": 5, "hash_ids": [1, 2]}

            {"timestamp": 2000, "input_length": 1500, "hash_ids": [1, 2, 4]}
            {"timestamp": 1000, "input_length": 600, "hash_ids": [1, 3], "more": {}}
            """);
        JsonNode result = replay(trace, 100_000);
        // The second, by time, hits 512 of its tokens, the third 1,024.
        assertThat(result.get("token_hit").doubleValue()).isEqualTo(1536 / 3124.0);
        assertThat(result.get("lru_token_hit").doubleValue()).isEqualTo(1536 / 3124.0);
        assertThat(result.get("bound_token_hit").doubleValue()).isEqualTo(1536 / 3124.0);
        assertThat(result.get("capacity_blocks").intValue()).isEqualTo(195);
        CliRun people = CliRun.of("bench", "cache", "--trace", trace.toString(), "--capacity-tokens", "512");
        assertThat(people.out()).contains("3 requests, room for 1 blocks");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"timestamp\": 0 | is not JSON",
                "[1] | has no number `timestamp`",
                "{\"timestamp\":1e999,\"input_length\":1,\"hash_ids\":[]} | not finite",
                "{\"timestamp\":\"0\",\"input_length\":1,\"hash_ids\":[]} | has no number `timestamp`",
                "{\"timestamp\":0,\"input_length\":-1,\"hash_ids\":[]} | has `input_length` -1",
                "{\"timestamp\":0,\"input_length\":1} | has no list `hash_ids`",
                "{\"timestamp\":0,\"input_length\":1,\"hash_ids\":[1.5]} | has 1.5 among its `hash_ids`",
            })
    void aBadLineIsNamed(String line, String says) throws IOException {
        Path trace = Files.writeString(
                folder.resolve("bad.jsonl"), "{\"timestamp\":0,\"input_length\":3,\"hash_ids\":[1]}\n" + line + "\n");
        CliRun run = CliRun.of("bench", "cache", "--trace", trace.toString(), "--capacity-tokens", "512");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("bad.jsonl:2 ").contains(says);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void whatIsMissingIsSaid() throws IOException {
        String none = folder.resolve("none").toString();
        assertThat(CliRun.of("bench", "cache", "--trace", none, "--capacity-tokens", "5")
                        .err())
                .contains("there is no file");
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        assertThat(CliRun.of("bench", "cache", "--trace", empty.toString(), "--capacity-tokens", "5")
                        .err())
                .contains("holds no request");
        Path torn = Files.write(folder.resolve("torn.gz"), new byte[] {0x1F, (byte) 0x8B, 8, 0});
        assertThat(CliRun.of("bench", "cache", "--trace", torn.toString(), "--capacity-tokens", "5")
                        .err())
                .contains("cannot read");
    }
}

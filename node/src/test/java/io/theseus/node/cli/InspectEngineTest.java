package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.model.StepModel;
import io.theseus.engine.tokenizer.Tokenizers;
import io.theseus.testkit.Golden;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The commands that compute, on tiny models. */
class InspectEngineTest {
    /** Below this gap between the two likeliest tokens an exact engine may choose the other one. */
    private static final double SMALL_MARGIN = 0.25;

    private final JsonMapper mapper = JsonMapper.shared();

    @TempDir
    Path folder;

    @Test
    void greedyContinuationsAreThoseOfTheOracleUpToTheFirstSmallMargin() {
        for (String line : Golden.jsonLines("data/golden/tiny/tiny_goldens.jsonl.gz")) {
            JsonNode golden = mapper.readTree(line);
            String name = golden.get("file").stringValue();
            if (!List.of("llama-bias.F32.gguf", "qwen2.F32.gguf", "qwen3.F32.gguf")
                    .contains(name)) {
                continue;
            }
            String model = Golden.require("data/golden/tiny/" + name).toString();
            StringBuilder requests = new StringBuilder();
            for (JsonNode c : golden.get("cases")) {
                ObjectNode request = mapper.createObjectNode();
                request.set("ids", c.get("ids"));
                request.put("n", c.get("hf_greedy").size());
                requests.append(mapper.writeValueAsString(request)).append('\n');
            }
            CliRun run = CliRun.with(requests.toString(), Map.of(), "inspect", "generate", "--model", model, "--jsonl");
            assertThat(run.status()).as(run.err()).isZero();
            List<String> answers = run.out().lines().toList();
            int compared = 0;
            for (int i = 0; i < golden.get("cases").size(); i++) {
                JsonNode c = golden.get("cases").get(i);
                JsonNode ids = mapper.readTree(answers.get(i)).get("ids");
                assertThat(ids.size()).isEqualTo(c.get("hf_greedy").size());
                for (int step = 0; step < ids.size(); step++) {
                    if (c.get("hf_margin").get(step).doubleValue() < SMALL_MARGIN) {
                        break;
                    }
                    assertThat(ids.get(step))
                            .as("%s case %d step %d", name, i, step)
                            .isEqualTo(c.get("hf_greedy").get(step));
                    compared++;
                }
            }
            assertThat(compared).as(name).isPositive();
        }
    }

    @Test
    void perplexityIsThatOfItsDefinition() throws Exception {
        Path model = Golden.require("data/golden/tiny/qwen2.F32.gguf");
        String text = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of"
                + " foolishness, it was the epoch of belief, it was the epoch of incredulity";
        Path file = Files.writeString(folder.resolve("text"), text + "cut off by --bytes");
        int ctx = 16;
        CliRun run = CliRun.of(
                "inspect",
                "perplexity",
                "--model",
                model.toString(),
                "--text",
                file.toString(),
                "--ctx",
                "" + ctx,
                "--bytes",
                "" + text.length(),
                "--chunks",
                "3");
        assertThat(run.status()).as(run.err()).isZero();
        JsonNode page = mapper.readTree(run.out());
        assertThat(page.get("chunks").intValue()).isEqualTo(3);
        assertThat(page.get("running_ppl").size()).isEqualTo(3);
        assertThat(page.get("running_ppl").get(2)).isEqualTo(page.get("ppl"));

        try (GgufFile gguf = GgufFile.open(model);
                LanguageModel naive =
                        LanguageModel.load(gguf, new ModelOptions(0, 1 << 24, 1, ModelOptions.Kernel.SCALAR))) {
            int[] tokens = Tokenizers.from(gguf.metadata()).encode(text, false);
            assertThat(page.get("tokens").intValue()).isEqualTo(tokens.length);
            List<Double> losses = new ArrayList<>();
            for (int chunk = 0; chunk < 3; chunk++) {
                for (int position = ctx / 2 + 1; position < ctx; position++) {
                    int[] prefix = Arrays.copyOfRange(tokens, chunk * ctx, chunk * ctx + position);
                    losses.add(loss(naive, prefix, tokens[chunk * ctx + position]));
                }
            }
            assertThat(page.get("scored").intValue()).isEqualTo(losses.size());
            double mean = losses.stream().mapToDouble(x -> x).average().orElseThrow();
            assertThat(page.get("nll").doubleValue()).isEqualTo(mean, within(1e-9));
            assertThat(page.get("ppl").doubleValue()).isEqualTo(Math.exp(mean), within(1e-6));
        }
    }

    private static double loss(LanguageModel model, int[] prefix, int next) {
        float[] logits = new float[model.vocabularySize()];
        try (StepModel.Sequence sequence = model.newSequence()) {
            BareModel.feed(model, sequence, prefix, prefix.length, logits);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        return Math.log(sum) - logits[next];
    }

    @Test
    void logitsAndTheirHashesDoNotDependOnHowTheyWereComputed() throws Exception {
        String model = Golden.require("data/golden/tiny/llama-k.Q4_1.gguf").toString();
        String requests =
                "{\"ids\":[7,8,9,10,11],\"top\":3,\"all\":true}\n{\"ids\":[]}\n{\"ids\":[1,999]}\n{\"ids\":[7]}\n";
        CliRun scalar = logits(requests, model, "--kernel", "scalar", "--threads", "1", "--chunk", "1");
        CliRun vector = logits(requests, model, "--kernel", "vector", "--threads", "2");
        assertThat(vector.out()).isEqualTo(scalar.out());
        List<JsonNode> answers = vector.out().lines().map(mapper::readTree).toList();
        assertThat(answers).hasSize(4);
        assertThat(answers.get(1).get("error").stringValue()).contains("ids");
        assertThat(answers.get(2).get("error").stringValue()).contains("999");

        JsonNode answer = answers.get(0);
        byte[] bytes = Base64.getDecoder().decode(answer.get("logits").stringValue());
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
                .isEqualTo(answer.get("logits_sha256").stringValue());
        FloatBuffer logits =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        assertThat(logits.remaining()).isEqualTo(320);
        assertThat(answer.get("top").size()).isEqualTo(3);
        for (JsonNode pair : answer.get("top")) {
            assertThat(pair.get(1).floatValue())
                    .isEqualTo(logits.get(pair.get(0).intValue()));
        }
        for (int i = 0; i < 320; i++) {
            assertThat(logits.get(i))
                    .isLessThanOrEqualTo(answer.get("top").get(0).get(1).floatValue());
        }
        assertThat(answer.get("state_root").stringValue()).matches("[0-9a-f]{64}");
        assertThat(answers.get(3).get("state_root")).isNotEqualTo(answer.get("state_root"));
        assertThat(answers.get(3).get("top").size()).isEqualTo(10);
        assertThat(answers.get(3).has("logits")).isFalse();
    }

    private static CliRun logits(String requests, String model, String... options) {
        String[] all = Stream.concat(
                        Stream.of("inspect", "logits", "--jsonl", "--model", model), Arrays.stream(options))
                .toArray(String[]::new);
        CliRun run = CliRun.with(requests, Map.of(), all);
        assertThat(run.status()).as(run.err()).isZero();
        return run;
    }

    @Test
    void benchGivesBothRates() {
        String model = Golden.require("data/golden/tiny/qwen2.F32.gguf").toString();
        CliRun run = CliRun.of(
                "bench",
                "--json",
                "--model",
                model,
                "--threads",
                "1",
                "--prefill",
                "32",
                "--decode",
                "8",
                "--rounds",
                "2");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        JsonNode page = mapper.readTree(run.out());
        assertThat(page.get("prefill_tps").doubleValue()).isPositive();
        assertThat(page.get("decode_tps").doubleValue()).isPositive();
        assertThat(page.get("threads").intValue()).isEqualTo(1);
        assertThat(page.get("decode_rounds").size()).isEqualTo(2);
        assertThat(CliRun.of("bench", "--prefill", "0").status()).isEqualTo(2);
    }

    @Test
    void mistakesAreOneLineAndStatus2() throws Exception {
        String model = Golden.require("data/golden/tiny/qwen2.F32.gguf").toString();
        String encoder = Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf").toString();
        Path text = Files.writeString(folder.resolve("short"), "too short");
        for (List<String> args : List.of(
                List.of("inspect", "perplexity", "--model", model),
                List.of("inspect", "perplexity", "--model", model, "--text", "/no/such/text"),
                List.of("inspect", "perplexity", "--model", model, "--text", text.toString()),
                List.of("inspect", "perplexity", "--model", model, "--text", text.toString(), "--ctx", "3"),
                List.of("inspect", "generate", "--model", model, "--threads", "many"),
                List.of("inspect", "generate", "--model", encoder),
                List.of("bench", "--model", encoder),
                List.of("ask", "--model", encoder, "Hi"),
                List.of("ask", "--model", model, "--context", "100000000", "Hi"),
                List.of("ask", "--model", model, "--kv-memory", "1KiB", "Hi"))) {
            CliRun run = CliRun.of(args.toArray(String[]::new));
            assertThat(run.status()).as("%s", args).isEqualTo(2);
            assertThat(run.out()).as("%s", args).isEmpty();
            assertThat(run.err().lines()).as("%s", args).hasSize(1);
        }
    }
}

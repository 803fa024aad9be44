package io.theseus.node.cli;

import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.StepModel;
import io.theseus.node.config.Setting;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code inspect logits}: what a model expects next, and the hashes that two honest machines agree on. */
@CommandLine.Command(
        description = "Compute the logits after a list of token ids, as JSON.",
        sortOptions = false,
        footer = {
            "",
            "Reads {\"ids\", \"top\", \"all\"}; writes {\"top\": [[id, logit]...], \"logits_sha256\", \"state_root\"}: the",
            "likeliest first, lowest id among equals; the SHA-256 of all logits as little-endian float32; the hash",
            "of the KV state. With \"all\": true also \"logits\", in base64 of that form. top is 10 if not given.",
            "",
            "Examples",
            "  echo '{\"ids\":[504,3575,282,4649,314],\"top\":5}' | theseus inspect logits --model model.gguf",
            "  theseus inspect logits --model model.gguf --kernel scalar --threads 1 --jsonl prompts.jsonl"
        })
final class InspectLogitsCommand implements Command {
    private static final int DEFAULT_TOP = 10;

    @Option(
            names = "--chunk",
            paramLabel = "N",
            description = "Feed the ids in pieces of N, which must not change anything. Default: all at once.")
    int chunk = Integer.MAX_VALUE;

    @Mixin
    JsonInput input = new JsonInput();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return SettingOptions.OF_A_MODEL;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        JsonText json = new JsonText();
        try (BareModel bare = BareModel.open(call)) {
            return input.each(call.console(), json, request -> answer(bare.model(), request));
        }
    }

    private ObjectNode answer(LanguageModel model, JsonRequest request) {
        int[] ids = request.ids();
        int top = request.integer("top", DEFAULT_TOP, 0, model.vocabularySize());
        boolean all = request.flag("all", false);
        float[] logits = new float[model.vocabularySize()];
        ObjectNode answer = request.json().object();
        try (StepModel.Sequence sequence = model.newSequence()) {
            BareModel.feed(model, sequence, ids, chunk, logits);
            ArrayNode list = answer.putArray("top");
            likeliest(logits, top).forEach(id -> list.addArray().add(id).add(logits[id]));
            byte[] bytes = littleEndian(logits);
            answer.put("logits_sha256", HexFormat.of().formatHex(sha256().digest(bytes)));
            answer.put("state_root", HexFormat.of().formatHex(model.stateRoot(sequence)));
            if (all) {
                answer.put("logits", Base64.getEncoder().encodeToString(bytes));
            }
        }
        return answer;
    }

    /** Ids in descending order of logit, ascending among equals; zeros of either sign are equal. */
    private static List<Integer> likeliest(float[] logits, int top) {
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted((a, b) -> logits[a] == logits[b] ? Integer.compare(a, b) : logits[a] > logits[b] ? -1 : 1)
                .limit(top)
                .toList();
    }

    private static byte[] littleEndian(float[] logits) {
        ByteBuffer bytes = ByteBuffer.allocate(logits.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(logits);
        return bytes.array();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}

package io.theseus.engine.closeness;

import io.theseus.testkit.Golden;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One tiny random-weight model and what transformers (the truth) and llama.cpp (a peer) compute with it.
 *
 * @param file name inside {@code data/golden/tiny}
 * @param architecture as the GGUF says
 * @param types storage types of its tensors
 * @param cases one per prompt
 */
public record TinyGolden(String file, String architecture, List<String> types, List<Case> cases) {
    private static final List<String> ARCHITECTURES = List.of("llama", "qwen2", "qwen3");
    private static final List<String> TYPES =
            List.of("F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K");

    /**
     * @param ids the prompt
     * @param truth transformers' logits after its last token: (vocabulary)
     * @param truthArgmax transformers' likeliest token after each of the prompt's
     * @param truthGreedy 12 tokens that follow
     * @param truthMargin how much larger the chosen logit was than the next, at each of them
     * @param peer llama.cpp's logits after the last token: (vocabulary)
     */
    public record Case(
            int[] ids, float[] truth, int[] truthArgmax, int[] truthGreedy, float[] truthMargin, float[] peer) {}

    public Path path() {
        return Golden.require("data/golden/tiny/" + file);
    }

    /** Every model of an architecture and a storage type that the engine runs; skips where absent. */
    public static List<TinyGolden> all() {
        return of(ARCHITECTURES, TYPES);
    }

    /** The models of the architectures and storage types in {@code architectures} and {@code types}. */
    private static List<TinyGolden> of(List<String> architectures, List<String> types) {
        JsonMapper json = JsonMapper.shared();
        List<TinyGolden> all = new ArrayList<>();
        for (String line : Golden.jsonLines("data/golden/tiny/tiny_goldens.jsonl.gz")) {
            JsonNode node = json.readTree(line);
            List<String> own = List.copyOf(node.get("tensor_types").propertyNames());
            if (architectures.contains(node.get("arch").asString()) && types.containsAll(own)) {
                List<Case> cases = new ArrayList<>();
                node.get("cases")
                        .forEach(c -> cases.add(new Case(
                                ints(c.get("ids")),
                                floats(c.get("hf_logits")),
                                ints(c.get("hf_argmax_all")),
                                ints(c.get("hf_greedy")),
                                reals(c.get("hf_margin")),
                                floats(c.get("llama_logits")))));
                all.add(new TinyGolden(
                        node.get("file").asString(), node.get("arch").asString(), own, List.copyOf(cases)));
            }
        }
        return List.copyOf(all);
    }

    static int[] ints(JsonNode array) {
        int[] out = new int[array.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = array.get(i).asInt();
        }
        return out;
    }

    static float[] reals(JsonNode array) {
        float[] out = new float[array.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = array.get(i).floatValue();
        }
        return out;
    }

    /** Base64 of little-endian float32. */
    private static float[] floats(JsonNode text) {
        ByteBuffer bytes =
                ByteBuffer.wrap(Base64.getDecoder().decode(text.asString())).order(ByteOrder.LITTLE_ENDIAN);
        float[] out = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(out);
        return out;
    }
}

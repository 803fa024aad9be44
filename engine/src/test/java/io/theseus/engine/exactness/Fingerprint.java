package io.theseus.engine.exactness;

import io.theseus.engine.closeness.TinyGolden;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.model.StepModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** SHA-256 over every logit after every token of a prompt, and the root of the state it leaves; and the committed ones. */
final class Fingerprint {
    private Fingerprint() {}

    /** The fingerprint of one model and prompt as a line's key: {@code llama-k.Q4_1.gguf 22} for its prompt of 22 tokens. */
    static String key(TinyGolden model, TinyGolden.Case prompt) {
        return model.file() + " " + prompt.ids().length;
    }

    /** What is committed, by {@link #key}. */
    static SortedMap<String, String> committed() {
        SortedMap<String, String> all = new TreeMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Fingerprint.class.getResourceAsStream("fingerprints.txt")),
                StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                int cut = line.indexOf(' ', line.indexOf(' ') + 1);
                all.put(line.substring(0, cut), line.substring(cut + 1));
            });
        } catch (IOException e) {
            throw new IllegalStateException("cannot read fingerprints.txt beside the test classes", e);
        }
        return all;
    }

    /** Fingerprints of {@code prompts} on the model at {@code path}: two hashes, of the logits and of the state. */
    static List<String> of(Path path, List<int[]> prompts, ModelOptions options) {
        List<String> hashes = new ArrayList<>();
        try (GgufFile file = GgufFile.open(path);
                LanguageModel model = LanguageModel.load(file, options)) {
            for (int[] ids : prompts) {
                MessageDigest digest = sha256();
                try (StepModel.Sequence sequence = model.newSequence()) {
                    model.step(
                            List.of(new StepModel.Chunk(sequence, ids, 0, (index, logits) -> update(digest, logits))));
                }
                hashes.add(HexFormat.of().formatHex(digest.digest()));
            }
        }
        return hashes;
    }

    /** Adds logits to a digest as little-endian float32. */
    static void update(MessageDigest digest, float[] logits) {
        ByteBuffer bytes = ByteBuffer.allocate(logits.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(logits);
        digest.update(bytes.array());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

package io.theseus.engine.closeness;

import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.gguf.GgufMetadata;
import io.theseus.engine.gguf.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The naive twin of the whole engine: a forward pass in plain float32 on dequantised weights, for the architectures
 * {@code llama}, {@code qwen2} and {@code qwen3}. It shares only the GGUF header's reader with the engine. A whole text at
 * once, no KV state.
 *
 * <p>Values lie as (width, tokens), an array of tokens per column: the shape in which the compiler makes plain loops fast.
 *
 * <p>Source: the published architectures (transformers' modeling_llama, modeling_qwen2, modeling_qwen3 and modeling_rope_utils).
 */
final class ReferenceModel implements AutoCloseable {
    private final GgufFile file;
    private final String architecture;
    private final int layers;
    private final int width;
    private final int heads;
    private final int kvHeads;
    private final int headSize;
    private final float epsilon;
    private final double[] frequencies; // (headSize / 2), radians per position
    private final double attentionFactor; // multiplies cos and sin (YaRN)

    private ReferenceModel(GgufFile file) {
        this.file = file;
        GgufMetadata meta = file.metadata();
        architecture = meta.requireString("general.architecture");
        if (!architecture.equals("llama") && !architecture.equals("qwen2") && !architecture.equals("qwen3")) {
            throw new UnsupportedOperationException("the oracle does not know the architecture " + architecture);
        }
        layers = meta.requireInt(architecture + ".block_count", 1, 1000);
        width = meta.requireInt(architecture + ".embedding_length", 1, 1 << 20);
        heads = meta.requireInt(architecture + ".attention.head_count", 1, 1000);
        kvHeads = (int) meta.integer(architecture + ".attention.head_count_kv").orElse(heads);
        headSize = (int) meta.integer(architecture + ".attention.key_length").orElse(width / heads);
        epsilon = (float)
                meta.real(architecture + ".attention.layer_norm_rms_epsilon").orElseThrow();
        double theta = meta.real(architecture + ".rope.freq_base").orElse(10000);
        frequencies = new double[headSize / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(theta, -2.0 * i / headSize);
        }
        file.tensor("rope_freqs.weight").ifPresent(t -> {
            float[] factors = vector(t);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factors[i];
            }
        });
        if (meta.string(architecture + ".rope.scaling.type").orElse("none").equals("yarn")) {
            double factor = meta.real(architecture + ".rope.scaling.factor").orElseThrow();
            double original = meta.real(architecture + ".rope.scaling.original_context_length")
                    .orElseThrow();
            double first = Math.max(0, Math.floor(turns(32, original, theta)));
            double last = Math.min(headSize - 1, Math.ceil(turns(1, original, theta)));
            for (int i = 0; i < frequencies.length; i++) {
                double interpolated = Math.clamp((i - first) / Math.max(last - first, 0.001), 0, 1);
                frequencies[i] *= interpolated / factor + (1 - interpolated);
            }
            attentionFactor = 0.1 * Math.log(factor) + 1;
        } else {
            attentionFactor = 1;
        }
    }

    /** The pair of a head that turns {@code turns} times within the original context (YaRN's correction dimension). */
    private double turns(double turns, double original, double theta) {
        return headSize * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    static ReferenceModel open(Path path) {
        return new ReferenceModel(GgufFile.open(path));
    }

    /** Logits after each of the tokens from {@code from} on: (tokens - from, vocabulary). */
    float[][] logits(int[] ids, int from) {
        int n = ids.length;
        float[][] x = new float[width][n];
        TensorInfo embedding = tensor("token_embd.weight");
        ByteBuffer data = data(embedding);
        for (int t = 0; t < n; t++) {
            float[] row = Dequantisation.row(data, embedding, ids[t]);
            for (int c = 0; c < width; c++) {
                x[c][t] = row[c];
            }
        }
        for (int layer = 0; layer < layers; layer++) {
            String name = "blk." + layer + ".";
            float[][] h = norm(x, vector(tensor(name + "attn_norm.weight")));
            float[][] q = turned(linear(name + "attn_q", h), optional(name + "attn_q_norm.weight"));
            float[][] k = turned(linear(name + "attn_k", h), optional(name + "attn_k_norm.weight"));
            float[][] v = linear(name + "attn_v", h);
            add(x, linear(name + "attn_output", attention(q, k, v, n)));
            h = norm(x, vector(tensor(name + "ffn_norm.weight")));
            float[][] gate = linear(name + "ffn_gate", h);
            float[][] up = linear(name + "ffn_up", h);
            for (int c = 0; c < gate.length; c++) {
                for (int t = 0; t < n; t++) {
                    gate[c][t] = (float) (gate[c][t] / (1 + Math.exp(-gate[c][t])) * up[c][t]);
                }
            }
            add(x, linear(name + "ffn_down", gate));
        }
        float[][] last = norm(x, vector(tensor("output_norm.weight")));
        for (int c = 0; c < width; c++) {
            last[c] = Arrays.copyOfRange(last[c], from, n);
        }
        float[][] y = linear(file.tensor("output.weight").isPresent() ? "output" : "token_embd", last);
        float[][] logits = new float[n - from][y.length];
        for (int id = 0; id < y.length; id++) {
            for (int t = 0; t < n - from; t++) {
                logits[t][id] = y[id][t];
            }
        }
        return logits;
    }

    /** {@code weight * x + bias} for the tensors {@code name.weight} and, if there is one, {@code name.bias}. */
    private float[][] linear(String name, float[][] x) {
        TensorInfo weight = tensor(name + ".weight");
        ByteBuffer data = data(weight);
        float @Nullable [] bias = optional(name + ".bias");
        float[][] y = new float[(int) weight.dimension(1)][];
        IntStream.range(0, y.length).parallel().forEach(r -> {
            float[] row = Dequantisation.row(data, weight, r);
            float[] sum = new float[x[0].length];
            Arrays.fill(sum, bias == null ? 0 : bias[r]);
            for (int c = 0; c + 4 <= row.length; c += 4) {
                addFour(sum, row, c, x[c], x[c + 1], x[c + 2], x[c + 3]);
            }
            for (int c = row.length / 4 * 4; c < row.length; c++) {
                addScaled(sum, row[c], x[c]);
            }
            y[r] = sum;
        });
        return y;
    }

    private static void addFour(float[] sum, float[] row, int c, float[] x0, float[] x1, float[] x2, float[] x3) {
        float w0 = row[c];
        float w1 = row[c + 1];
        float w2 = row[c + 2];
        float w3 = row[c + 3];
        for (int t = 0; t < sum.length; t++) {
            sum[t] += w0 * x0[t] + w1 * x1[t] + (w2 * x2[t] + w3 * x3[t]);
        }
    }

    private static void addScaled(float[] sum, float w, float[] x) {
        for (int t = 0; t < sum.length; t++) {
            sum[t] += w * x[t];
        }
    }

    /** RMSNorm of each token's values. */
    private float[][] norm(float[][] x, float[] weight) {
        int n = x[0].length;
        double[] squares = new double[n];
        for (float[] column : x) {
            for (int t = 0; t < n; t++) {
                squares[t] += (double) column[t] * column[t];
            }
        }
        float[][] y = new float[x.length][n];
        for (int c = 0; c < x.length; c++) {
            for (int t = 0; t < n; t++) {
                y[c][t] = (float) (x[c][t] / Math.sqrt(squares[t] / x.length + epsilon) * weight[c]);
            }
        }
        return y;
    }

    /** Norms each head where the architecture does (qwen3), then turns its pairs by position. */
    private float[][] turned(float[][] v, float @Nullable [] weight) {
        float[][] y = v.clone();
        int half = headSize / 2;
        boolean neighbours = architecture.equals("llama");
        for (int base = 0; base < v.length; base += headSize) {
            if (weight != null) {
                System.arraycopy(norm(Arrays.copyOfRange(v, base, base + headSize), weight), 0, y, base, headSize);
            }
            for (int i = 0; i < half; i++) {
                float[] first = y[base + (neighbours ? 2 * i : i)];
                float[] second = y[base + (neighbours ? 2 * i + 1 : i + half)];
                for (int t = 0; t < first.length; t++) {
                    double cos = Math.cos(t * frequencies[i]) * attentionFactor;
                    double sin = Math.sin(t * frequencies[i]) * attentionFactor;
                    double a = first[t];
                    double b = second[t];
                    first[t] = (float) (a * cos - b * sin);
                    second[t] = (float) (a * sin + b * cos);
                }
            }
        }
        return y;
    }

    /** Causal softmax attention; query head h reads kv head h * kvHeads / heads. */
    private float[][] attention(float[][] q, float[][] k, float[][] v, int n) {
        float[][] out = new float[heads * headSize][n];
        double scale = 1 / Math.sqrt(headSize);
        IntStream.range(0, heads).parallel().forEach(head -> {
            int queries = head * headSize;
            int keys = head * kvHeads / heads * headSize;
            for (int t = 0; t < n; t++) {
                float[] score = new float[t + 1];
                for (int d = 0; d < headSize; d++) {
                    addScaled(score, q[queries + d][t], k[keys + d]);
                }
                double max = Double.NEGATIVE_INFINITY;
                for (float s : score) {
                    max = Math.max(max, s * scale);
                }
                double sum = 0;
                for (int j = 0; j <= t; j++) {
                    double p = Math.exp(score[j] * scale - max);
                    score[j] = (float) p;
                    sum += p;
                }
                for (int d = 0; d < headSize; d++) {
                    double mean = 0;
                    for (int j = 0; j <= t; j++) {
                        mean += (double) score[j] * v[keys + d][j];
                    }
                    out[queries + d][t] = (float) (mean / sum);
                }
            }
        });
        return out;
    }

    private static void add(float[][] x, float[][] y) {
        for (int c = 0; c < x.length; c++) {
            addScaled(x[c], 1, y[c]);
        }
    }

    private float @Nullable [] optional(String name) {
        Optional<TensorInfo> tensor = file.tensor(name);
        return tensor.isPresent() ? vector(tensor.get()) : null;
    }

    private float[] vector(TensorInfo tensor) {
        return Dequantisation.row(data(tensor), tensor, 0);
    }

    private TensorInfo tensor(String name) {
        return file.tensor(name).orElseThrow(() -> new IllegalArgumentException("no tensor " + name));
    }

    private ByteBuffer data(TensorInfo tensor) {
        return file.data(tensor).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        file.close();
    }
}

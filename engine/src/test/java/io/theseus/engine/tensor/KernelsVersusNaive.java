package io.theseus.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.engine.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fast kernel against the scalar definition, bit for bit, on random shapes and on values at the edges of their ranges. */
abstract class KernelsVersusNaive {
    private final Kernels scalar = new ScalarKernels();
    private final Kernels fast;
    private final Scratch scratch = new Scratch();

    KernelsVersusNaive(Kernels fast) {
        this.fast = fast;
    }

    static IntStream seeds() {
        return IntStream.range(0, 12);
    }

    /** Mostly Gaussian; sometimes one huge channel, sometimes tiny, constant, zero or with signed zeros and subnormals. */
    private static float[] values(Random random, int n) {
        float[] v = new float[n];
        int kind = random.nextInt(8);
        float scale = (float) Math.scalb(1.0, random.nextInt(-60, 60));
        for (int i = 0; i < n; i++) {
            v[i] = switch (kind) {
                case 0 -> scale;
                case 1 -> 0f;
                case 2 -> random.nextInt(3) == 0 ? -0f : (float) random.nextGaussian() * scale;
                case 3 -> (float) random.nextGaussian() * Float.MIN_NORMAL;
                case 4 -> Math.scalb(random.nextFloat() - 0.5f, random.nextInt(-40, 40));
                default -> (float) random.nextGaussian() * scale;
            };
        }
        if (kind >= 5) {
            v[random.nextInt(n)] *= kind == 5 ? 24832f : 1f;
        }
        return v;
    }

    private static PackedMatrix matrix(Random random, TensorType type, int rows, int columns) {
        MemorySegment data = MemorySegment.ofArray(rowsOfAFile(random, type, rows, columns));
        return PackedMatrix.pack("test", type, data, rows, columns, new WorkerPool(1));
    }

    /** Random codes with scales that are sometimes extreme. */
    static byte[] rowsOfAFile(Random random, TensorType type, int rows, int columns) {
        int blocks = columns / type.blockSize();
        byte[] bytes = new byte[rows * blocks * type.blockBytes()];
        random.nextBytes(bytes);
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean extreme = random.nextInt(3) == 0;
        for (int at = 0; at < bytes.length; at += type.blockBytes()) {
            short scale = Float.floatToFloat16((float) random.nextGaussian() * (extreme ? 1000 : 0.01f));
            short minimum = Float.floatToFloat16((float) random.nextGaussian() * (extreme ? 12000 : 0.1f));
            switch (type) {
                case Q4_0, Q5_0, Q8_0 -> data.putShort(at, scale);
                case Q4_1, Q5_1, Q4_K, Q5_K -> data.putShort(at, scale).putShort(at + 2, minimum);
                case Q6_K -> data.putShort(at + 208, scale);
                case F32 ->
                    data.putFloat(at, Math.scalb((float) random.nextGaussian(), extreme ? random.nextInt(-9, 9) : 0));
                case F16 -> data.putShort(at, scale);
                case BF16 -> data.putShort(at, (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16));
                default -> throw new IllegalArgumentException(type.name());
            }
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    void linearLayers(TensorType type) {
        for (int seed = 0; seed < 24; seed++) {
            Random random = new Random(seed);
            int rows = random.nextInt(1, 100);
            int columns = Math.max(32, type.blockSize()) * random.nextInt(1, type.blockSize() == 256 ? 3 : 9);
            int tokens = seed % 3 == 0 ? 1 : random.nextInt(1, 20);
            PackedMatrix w = matrix(random, type, rows, columns);
            Activations a = new Activations(tokens, columns, scalar.form());
            Activations b = new Activations(tokens, columns, fast.form());
            a.resize(tokens);
            b.resize(tokens);
            for (int token = 0; token < tokens; token++) {
                float[] v = values(random, columns);
                scalar.quantize(v, 0, a, token);
                fast.quantize(v, 0, b, token);
            }
            for (int token = 0; token < tokens; token++) {
                for (int c = 0; c < columns; c++) {
                    assertThat(b.value(token, c)).as("x, seed %d", seed).isEqualTo(a.value(token, c));
                }
            }
            assertThat(b.exponents()).as("exponents, seed %d", seed).isEqualTo(a.exponents());
            int stride = rows + random.nextInt(5);
            float[] expected = new float[tokens * stride + 3];
            float[] actual = new float[tokens * stride + 3];
            scalar.linear(w, a, 0, w.paddedRows(), expected, 3, stride, scratch);
            for (int from = 0; from < w.paddedRows(); from += Kernels.ROW_UNIT) {
                fast.linear(w, b, from, from + Kernels.ROW_UNIT, actual, 3, stride, scratch);
            }
            assertThat(bits(actual))
                    .as("%s %dx%d, %d tokens, seed %d", type, rows, columns, tokens, seed)
                    .isEqualTo(bits(expected));
        }
    }

    @Test
    void linearLayersAtTheBoundOfEverySum() {
        // Every code -128 or 127, every activation the largest integer, every scale the largest: 2^24 per block.
        for (byte code : new byte[] {-128, 127}) {
            int columns = 64;
            byte[] bytes = new byte[16 * 2 * 34];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = at % 34 == 0 ? 0 : at % 34 == 1 ? (byte) 0x7B : code; // scale 0x7B00: 57344
            }
            PackedMatrix w = PackedMatrix.pack(
                    "test", TensorType.Q8_0, MemorySegment.ofArray(bytes), 16, columns, new WorkerPool(1));
            for (int tokens : new int[] {1, 4}) {
                Activations x = new Activations(tokens, columns, scalar.form());
                Activations z = new Activations(tokens, columns, fast.form());
                x.resize(tokens);
                z.resize(tokens);
                float[] v = new float[columns];
                java.util.Arrays.fill(v, 0, 32, -Math.nextDown(128f));
                java.util.Arrays.fill(v, 32, 64, -Math.nextDown(1f));
                float[] expected = new float[tokens * 16];
                float[] actual = new float[tokens * 16];
                for (int token = 0; token < tokens; token++) {
                    scalar.quantize(v, 0, x, token);
                    fast.quantize(v, 0, z, token);
                }
                scalar.linear(w, x, 0, 32, expected, 0, 16, scratch);
                fast.linear(w, z, 0, 32, actual, 0, 16, scratch);
                assertThat(actual).isEqualTo(expected);
                assertThat(expected[0]).isEqualTo((float) (-57344.0 * code * (32 * 128 + 32)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void elementwise(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            int n = round % 4 == 0 ? random.nextInt(1, 70) : 32 * random.nextInt(1, 20);
            float[] x = values(random, n);
            float[] weight = values(random, n);
            float[] a = new float[n];
            float[] b = new float[n];
            scalar.rmsNorm(x, 0, n, weight, 1e-5f, a, 0);
            fast.rmsNorm(x, 0, n, weight, 1e-5f, b, 0);
            assertThat(bits(b)).as("norm %d", n).isEqualTo(bits(a));
            if (n % 32 != 0) {
                continue;
            }
            float[] u = values(random, n);
            float[] g = gates(random, n);
            a = g.clone();
            b = g.clone();
            scalar.gate(a, 0, u, 0, n);
            fast.gate(b, 0, u, 0, n);
            assertThat(bits(b)).as("gate").isEqualTo(bits(a));
            a = x.clone();
            b = x.clone();
            scalar.add(a, 0, u, 0, n);
            fast.add(b, 0, u, 0, n);
            assertThat(bits(b)).isEqualTo(bits(a));
            scalar.addWire(a, 0, u, 0, n);
            fast.addWire(b, 0, u, 0, n);
            assertThat(bits(b)).isEqualTo(bits(a));
        }
    }

    private static float[] gates(Random random, int n) {
        float[] g = new float[n];
        float[] edges = {
            0f, -0f, 86f, -86f, 88f, -88f, Math.nextUp(86f), 100f, -100f, 3e38f, -3e38f, 1e-40f, 0.34657359f
        };
        for (int i = 0; i < n; i++) {
            g[i] = random.nextInt(3) == 0 ? edges[random.nextInt(edges.length)] : (float) random.nextGaussian() * 20;
        }
        return g;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void attention(int seed) {
        Random random = new Random(seed);
        int d = new int[] {16, 24, 32, 64, 80, 128}[random.nextInt(6)];
        int kvHeads = random.nextInt(1, 3);
        int group = random.nextInt(1, 5);
        int positions = random.nextInt(1, 300);
        int tokens = Math.min(positions, random.nextInt(1, 20));
        KvBlock[] blocks = new KvBlock[(positions + KvBlock.TOKENS - 1) / KvBlock.TOKENS];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new KvBlock(new KvBlock.Shape(2, kvHeads, d));
        }
        boolean sink = random.nextBoolean();
        for (int p = 0; p < positions; p++) {
            for (int head = 0; head < kvHeads; head++) {
                float size = sink && p == 0 ? 40f : 1f;
                float[] key = gaussian(random, d, size);
                float[] value = p % 97 == 5 ? new float[d] : gaussian(random, d, p % 31 == 0 ? 1e-20f : 2f);
                blocks[p / KvBlock.TOKENS].store(1, head, p % KvBlock.TOKENS, key, 0, value, 0);
            }
        }
        int width = kvHeads * group * d;
        float[] q = gaussian(random, tokens * width, random.nextInt(4) == 0 ? 300f : 3f);
        for (int kvHead = 0; kvHead < kvHeads; kvHead++) {
            float[] expected = new float[tokens * width];
            float[] actual = new float[tokens * width];
            int at = kvHead * group * d;
            int first = positions - tokens;
            scalar.attention(
                    new AttentionTask(blocks, 1, kvHead, group, first, tokens, q, at, width, expected, at, width),
                    scratch);
            fast.attention(
                    new AttentionTask(blocks, 1, kvHead, group, first, tokens, q, at, width, actual, at, width),
                    scratch);
            assertThat(bits(actual))
                    .as("d %d, group %d, %d of %d", d, group, tokens, positions)
                    .isEqualTo(bits(expected));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void headsOnTheirWayIntoAttention(int seed) {
        Random random = new Random(seed);
        int d = new int[] {16, 24, 32, 64, 80, 128}[random.nextInt(6)];
        int heads = random.nextInt(1, 6);
        int pairs = random.nextBoolean() ? d / 2 : random.nextInt(1, d / 2);
        float[] table = gaussian(random, 3 * pairs, 1f);
        RotaryRow row = new RotaryRow(table, gaussian(random, 3 * pairs, 1f), pairs, pairs, random.nextBoolean());
        float[] norm = random.nextBoolean() ? gaussian(random, d, 1f) : null;
        float[] expected = values(random, heads * d + 5);
        float[] actual = expected.clone();
        scalar.rotate(expected, 5, heads, d, norm, 1e-6f, row);
        fast.rotate(actual, 5, heads, d, norm, 1e-6f, row);
        assertThat(bits(actual)).as("rotate, seed %d", seed).isEqualTo(bits(expected));

        KvBlock a = new KvBlock(new KvBlock.Shape(3, heads, d));
        KvBlock b = new KvBlock(a.shape());
        int position = random.nextInt(KvBlock.TOKENS);
        float[] values = values(random, heads * d + 5);
        scalar.store(a, 1, position, expected, values, 5);
        fast.store(b, 1, position, expected, values, 5);
        byte[] first = new byte[a.shape().canonicalBytes()];
        byte[] second = new byte[first.length];
        a.export(position, first, 0);
        b.export(position, second, 0);
        assertThat(second).as("store, seed %d", seed).isEqualTo(first);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void layerNorms(int seed) {
        Random random = new Random(seed);
        int n = 32 * random.nextInt(1, 40);
        float[] x = values(random, n + 3);
        float[] weight = values(random, n);
        float[] bias = values(random, n);
        float[] expected = new float[n + 5];
        float[] actual = new float[n + 5];

        scalar.layerNorm(x, 3, n, weight, bias, 1e-12f, expected, 5);
        fast.layerNorm(x, 3, n, weight, bias, 1e-12f, actual, 5);

        assertThat(actual).as("seed %d, %d values", seed, n).isEqualTo(expected);
    }

    @Test
    void layerNormsRefuseWhatIsNotFinite() {
        float[] x = new float[64];
        x[40] = Float.NaN;
        assertThatThrownBy(() -> scalar.layerNorm(x, 0, 64, x, x, 0f, x, 0))
                .isInstanceOf(NonFiniteValueException.class);
        assertThatThrownBy(() -> fast.layerNorm(x, 0, 64, x, x, 0f, x, 0)).isInstanceOf(NonFiniteValueException.class);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gelu(int seed) {
        Random random = new Random(seed);
        int n = 32 * random.nextInt(1, 40);
        float[] expected = values(random, n);
        expected[random.nextInt(n)] = Float.MAX_VALUE;
        expected[random.nextInt(n)] = -Float.MAX_VALUE;
        expected[random.nextInt(n)] = -13.1149f; // the exponential ends near here
        float[] actual = expected.clone();

        scalar.gelu(expected, 0, n);
        fast.gelu(actual, 0, n);

        assertThat(actual).as("seed %d, %d values", seed, n).isEqualTo(expected);
    }

    @Test
    void everyKernelRefusesWhatIsNotANumber() {
        for (Kernels kernels : new Kernels[] {scalar, fast}) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                float[] v = new float[64];
                v[37] = bad;
                Activations x = new Activations(1, 64, kernels.form());
                x.resize(1);
                assertThatThrownBy(() -> kernels.quantize(v, 0, x, 0)).isInstanceOf(NonFiniteValueException.class);
                assertThatThrownBy(() -> kernels.rmsNorm(v, 0, 64, v, 1e-5f, v, 0))
                        .isInstanceOf(NonFiniteValueException.class);
                KvBlock block = new KvBlock(new KvBlock.Shape(1, 1, 64));
                assertThatThrownBy(() -> kernels.store(block, 0, 3, v, new float[64], 0))
                        .isInstanceOf(NonFiniteValueException.class);
                assertThatThrownBy(() -> kernels.store(block, 0, 3, new float[64], v, 0))
                        .isInstanceOf(NonFiniteValueException.class);
            }
        }
    }

    private static float[] gaussian(Random random, int n, float scale) {
        float[] v = new float[n];
        for (int i = 0; i < n; i++) {
            v[i] = (float) random.nextGaussian() * scale;
        }
        return v;
    }

    private static int[] bits(float[] v) {
        int[] bits = new int[v.length];
        for (int i = 0; i < v.length; i++) {
            bits[i] = Float.floatToRawIntBits(v[i]);
        }
        return bits;
    }
}

package io.theseus.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EncoderMathTest {
    /** x times the normal distribution function, by Simpson's rule from -12. */
    private static double truth(double x) {
        int steps = 4000;
        double width = (x + 12) / steps;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double at = -12 + i * width;
            sum += (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * StrictMath.exp(-at * at / 2);
        }
        return x * sum * width / 3 / StrictMath.sqrt(2 * Math.PI);
    }

    @Test
    void geluIsNearTheErrorFunctionsAndNotOnlyTheHyperbolicTangents() {
        double worst = 0;
        for (float x = -9f; x <= 9f; x += 0.013f) {
            worst = Math.max(worst, Math.abs(EncoderMath.gelu(x) - truth(x)));
        }
        // The approximation by tanh is off by 4.7e-4.
        assertThat(worst).isLessThan(8e-7);
    }

    @Test
    void geluAtTheEdges() {
        assertThat(EncoderMath.gelu(0f)).isEqualTo(0f);
        assertThat(EncoderMath.gelu(30f)).isEqualTo(30f);
        assertThat(EncoderMath.gelu(-30f)).isEqualTo(-0f);
        assertThat(EncoderMath.gelu(Float.MAX_VALUE)).isEqualTo(Float.MAX_VALUE);
        assertThat(EncoderMath.gelu(Float.NaN)).isNaN();
    }

    @Test
    void layerNormOfAVectorOfAlmostNothingIsItsBias() {
        float[] x = {0x1p-120f, -0x1p-130f, 0f, 0x1p-101f};
        float[] to = new float[4];
        EncoderMath.layerNorm(x, 0, 4, new float[] {1, 1, 1, 1}, new float[] {1, 2, 3, 4}, 1e-12f, to, 0);
        assertThat(to).containsExactly(1, 2, 3, 4);
    }

    @Test
    void theBitsAreThoseOfTheContract() throws Exception {
        float[] x = new float[384];
        float[] weight = new float[384];
        float[] bias = new float[384];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i * 2654435761L % 4001 - 2000) / 333f;
            weight[i] = 0.5f + i / 256f;
            bias[i] = i / 512f - 0.25f;
        }
        float[] y = new float[384];
        EncoderMath.layerNorm(x, 0, 384, weight, bias, 1e-12f, y, 0);
        EncoderMath.gelu(x, 0, 384);

        // Computed by a second implementation (numpy) from docs/numerics.md.
        assertThat(EncoderMath.gelu(1f)).isEqualTo(0x1.aec4bcp-1f);
        assertThat(EncoderMath.gelu(-0.7f)).isEqualTo(-0x1.5ae106p-3f);
        assertThat(hash(y)).isEqualTo("0eb399fd8784f2c3");
        assertThat(hash(x)).isEqualTo("c06d6bd14a87a7d4");
    }

    private static String hash(float[] values) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()))
                .substring(0, 16);
    }
}

package io.theseus.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExactMathTest {
    @Test
    void expIsWithinItsStatedErrorOverItsWholeRange() {
        double worst = 0;
        for (float x = -86f; x <= 88f; x += 0.00037f) {
            double truth = StrictMath.exp(x);
            worst = Math.max(worst, Math.abs(ExactMath.exp(x) - truth) / truth);
        }
        assertThat(worst).isLessThan(Math.pow(2, -22.3));
    }

    @Test
    void expAtTheEdges() {
        assertThat(ExactMath.exp(0f)).isEqualTo(1f);
        assertThat(ExactMath.exp(-0f)).isEqualTo(1f);
        assertThat(ExactMath.exp(-86.00001f)).isEqualTo(0f);
        assertThat(ExactMath.exp(Float.NEGATIVE_INFINITY)).isEqualTo(0f);
        assertThat(ExactMath.exp(1000f)).isEqualTo(ExactMath.exp(88f)).isLessThan(Float.POSITIVE_INFINITY);
        assertThat(ExactMath.exp(Float.NaN)).isNaN();
    }
}

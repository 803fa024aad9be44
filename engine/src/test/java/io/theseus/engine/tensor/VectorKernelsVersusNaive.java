package io.theseus.engine.tensor;

/** The kernels on the Vector API. */
class VectorKernelsVersusNaive extends KernelsVersusNaive {
    VectorKernelsVersusNaive() {
        super(new VectorKernels());
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
        vector.layerNorm(x, 3, n, weight, bias, 1e-12f, actual, 5);

        assertThat(actual).as("seed %d, %d values", seed, n).isEqualTo(expected);
    }

    @Test
    void layerNormsRefuseWhatIsNotFinite() {
        float[] x = new float[64];
        x[40] = Float.NaN;
        assertThatThrownBy(() -> scalar.layerNorm(x, 0, 64, x, x, 0f, x, 0))
                .isInstanceOf(NonFiniteValueException.class);
        assertThatThrownBy(() -> vector.layerNorm(x, 0, 64, x, x, 0f, x, 0))
                .isInstanceOf(NonFiniteValueException.class);
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
        vector.gelu(actual, 0, n);

        assertThat(actual).as("seed %d, %d values", seed, n).isEqualTo(expected);
    }
}

package io.theseus.cache.semantic;

import java.util.SplittableRandom;

/** A program that scans and says what it found, and how; {@link WithoutVectorModuleIT} starts it. */
final class ScanWithoutVectors {
    private static final int DIMENSIONS = 384;

    private ScanWithoutVectors() {}

    public static void main(String[] args) {
        System.out.println((ByteProducts.vectorised() ? "vector" : "scalar") + "\n" + found());
    }

    /** Neighbours of made-up vectors, with every bit of their cosines. */
    static String found() {
        SplittableRandom random = new SplittableRandom(7);
        SemanticIndex<Integer> index = new SemanticIndex<>(DIMENSIONS);
        for (int key = 0; key < 2000; key++) {
            index.put("context", key, unit(random));
        }
        StringBuilder lines = new StringBuilder();
        for (int query = 0; query < 5; query++) {
            index.nearest("context", unit(random), 0.1, 4)
                    .forEach(near -> lines.append(near.key())
                            .append(' ')
                            .append(Double.toHexString(near.cosine()))
                            .append('\n'));
        }
        return lines.toString();
    }

    private static float[] unit(SplittableRandom random) {
        float[] vector = new float[DIMENSIONS];
        double squares = 0;
        for (int i = 0; i < DIMENSIONS; i++) {
            vector[i] = (float) (random.nextDouble() - 0.5);
            squares += (double) vector[i] * vector[i];
        }
        for (int i = 0; i < DIMENSIONS; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }
}

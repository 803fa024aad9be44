package io.theseus.cache.semantic;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link ByteProducts} by the Vector API. Only loaded where its module is there. */
final class VectorProducts {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = INTS.length();

    /** As many bytes as {@link #INTS} has lanes, or the fewest there is a shape for. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * 8)));

    private VectorProducts() {}

    /** Whether vectors of this machine hold enough to be worth it, and a load of bytes fills one. */
    static boolean wide() {
        return LANES >= 8;
    }

    /** As {@link ByteProducts#of}, for a stride that is a multiple of 64. */
    static void of(byte[] rows, int count, int stride, int[] query, int[] to) {
        // Four sums side by side: one alone would wait for each addition.
        for (int row = 0; row < count; row++) {
            int at = row * stride;
            IntVector a = IntVector.zero(INTS);
            IntVector b = IntVector.zero(INTS);
            IntVector c = IntVector.zero(INTS);
            IntVector d = IntVector.zero(INTS);
            for (int i = 0; i < stride; i += 4 * LANES) {
                a = a.add(((IntVector)
                                ByteVector.fromArray(BYTES, rows, at + i).convertShape(VectorOperators.B2I, INTS, 0))
                        .mul(IntVector.fromArray(INTS, query, i)));
                b = b.add(((IntVector) ByteVector.fromArray(BYTES, rows, at + i + LANES)
                                .convertShape(VectorOperators.B2I, INTS, 0))
                        .mul(IntVector.fromArray(INTS, query, i + LANES)));
                c = c.add(((IntVector) ByteVector.fromArray(BYTES, rows, at + i + 2 * LANES)
                                .convertShape(VectorOperators.B2I, INTS, 0))
                        .mul(IntVector.fromArray(INTS, query, i + 2 * LANES)));
                d = d.add(((IntVector) ByteVector.fromArray(BYTES, rows, at + i + 3 * LANES)
                                .convertShape(VectorOperators.B2I, INTS, 0))
                        .mul(IntVector.fromArray(INTS, query, i + 3 * LANES)));
            }
            to[row] = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
        }
    }
}

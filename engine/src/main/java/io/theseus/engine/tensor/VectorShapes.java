package io.theseus.engine.tensor;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this machine, and the shapes that follow from it. Constants, so that the JIT sees them as such.
 *
 * <p>{@code -Dtheseus.vector-bits=128|256|512} overrides the width: tests use it to run all three on one machine.
 */
final class VectorShapes {
    static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, shape(bits()));
    static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    static final VectorSpecies<Double> DOUBLES = FLOATS.withLanes(double.class);

    /** As many floats as {@link #DOUBLES} has lanes. */
    static final VectorSpecies<Float> HALF_FLOATS = VectorSpecies.of(float.class, shape(bits() / 2));

    /** As many ints as {@link #DOUBLES} has lanes. */
    static final VectorSpecies<Integer> HALF_INTS = HALF_FLOATS.withLanes(int.class);

    /** As many shorts as {@link #FLOATS} has lanes. */
    static final VectorSpecies<Short> HALF_SHORTS = VectorSpecies.of(short.class, shape(bits() / 2));

    /**
     * As many shorts as {@link #DOUBLES} has lanes; at 128 bits there is no such shape, and {@link #SHORTS_TO_DOUBLES} is false.
     */
    static final VectorSpecies<Short> QUARTER_SHORTS = VectorSpecies.of(short.class, shape(Math.max(64, bits() / 4)));

    static final boolean SHORTS_TO_DOUBLES = bits() >= 256;

    /** Floats in a vector. */
    static final int LANES = FLOATS.length();

    /** Rows a kernel advances at once: two vectors. */
    static final int TILE_ROWS = 2 * LANES;

    /**
     * Bytes of {@link #LANES} codes come from a vector of this shape. At 128 bits the four bytes are half of the smallest shape there
     * is, so loads there read four bytes more than they use.
     */
    static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, shape(Math.max(64, bits() / 4)));

    /** Adding and subtracting this rounds a float of magnitude below 2^22 to an integer, ties to even. */
    static final float ROUND = 0x1.8p23f;

    /**
     * Whether a fused multiply-add is one instruction. Without it the Vector API computes one by software; the sums here are exact
     * either way, so multiply and add give the same bits. x86 has it from AVX2 on, where the preferred width is 256.
     */
    static final boolean FUSED =
            !System.getProperty("os.arch", "").matches("amd64|x86_64|x86") || preferredBits() >= 256;

    private VectorShapes() {}

    /** Width of this machine's vectors in bits, as the JVM sees it. */
    static int preferredBits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }

    private static int bits() {
        return Math.clamp(Integer.getInteger("theseus.vector-bits", preferredBits()), 128, 512);
    }

    private static VectorShape shape(int bits) {
        return VectorShape.forBitSize(bits);
    }

    static {
        // The element types must agree on the width; a machine with wide floats but narrow ints has its preferred shape
        // narrow.
        assert INTS.length() == LANES && DOUBLES.length() * 2 == LANES && IntVector.SPECIES_64.length() == 2;
        assert DoubleVector.SPECIES_128.length() == 2;
    }
}

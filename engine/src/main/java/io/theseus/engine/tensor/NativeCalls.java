package io.theseus.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Calls into {@code engine/native}: numbers of its functions, and the one entry to all of them. */
final class NativeCalls {
    static final int QUANTIZE = 0;
    static final int LINEAR = 1;
    static final int RMS_NORM = 2;
    static final int ADD = 3;
    static final int ADD_WIRE = 4;
    static final int GATE = 5;
    static final int ROTATE = 6;
    static final int STORE = 7;
    static final int QUERIES = 8;
    static final int SCORES = 9;
    static final int WEIGHTS = 10;
    static final int VALUES = 11;
    static final int ATTENDED = 12;
    static final int PACK = 13;
    static final int LAYER_NORM = 14;
    static final int GELU = 15;

    /** What a function returns for input that is NaN or infinite. */
    private static final int NOT_FINITE = -1;

    // A constant, so that the JIT compiles a call into a few instructions.
    private static final Optional<MethodHandle> ENTRY = NativeLibrary.find().map(NativeLibrary::entry);
    private static final MemorySegment NONE = MemorySegment.NULL;

    private NativeCalls() {}

    /** Whether there are functions to call here. */
    static boolean available() {
        return ENTRY.isPresent();
    }

    /**
     * Calls a function with its arrays and its numbers, each in the order of its parameters; floats as their bits.
     *
     * @throws NonFiniteValueException if its input is NaN or infinite
     */
    static void call(int function, int[] numbers, MemorySegment a, MemorySegment b) {
        call(function, numbers, a, b, NONE, NONE, NONE, NONE, NONE, NONE, NONE);
    }

    static void call(int function, int[] numbers, MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d) {
        call(function, numbers, a, b, c, d, NONE, NONE, NONE, NONE, NONE);
    }

    static void call(
            int function,
            int[] numbers,
            MemorySegment a,
            MemorySegment b,
            MemorySegment c,
            MemorySegment d,
            MemorySegment e,
            MemorySegment f) {
        call(function, numbers, a, b, c, d, e, f, NONE, NONE, NONE);
    }

    static void call(
            int function,
            int[] numbers,
            MemorySegment a,
            MemorySegment b,
            MemorySegment c,
            MemorySegment d,
            MemorySegment e,
            MemorySegment f,
            MemorySegment g,
            MemorySegment h,
            MemorySegment i) {
        int status;
        try {
            status = (int) ENTRY.orElseThrow()
                    .invokeExact(function, MemorySegment.ofArray(numbers), a, b, c, d, e, f, g, h, i);
        } catch (Throwable fault) {
            // The functions throw nothing: this is a defect of the call itself.
            throw fault instanceof Error error ? error : new AssertionError("native function " + function, fault);
        }
        if (status == NOT_FINITE) {
            throw new NonFiniteValueException();
        }
        if (status != 0) {
            throw new AssertionError("native function " + function + " returned " + status);
        }
    }
}

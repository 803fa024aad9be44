package io.theseus.engine.tensor;

import io.theseus.engine.model.ModelOptions.Kernel;
import org.junit.jupiter.api.Assumptions;

/** Whether tests can run the native kernels. */
public final class NativeLibraryHere {
    private NativeLibraryHere() {}

    /** Skips the test, saying why, if it wants native kernels and there are none. */
    public static void requireFor(Kernel kernel) {
        Assumptions.assumeTrue(
                kernel != Kernel.NATIVE || NativeKernels.available(),
                "SKIPPED: no native kernels here; cargo builds them, for x86-64 processors with AVX2");
    }
}

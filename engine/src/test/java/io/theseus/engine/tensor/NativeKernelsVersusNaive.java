package io.theseus.engine.tensor;

import io.theseus.engine.model.ModelOptions.Kernel;
import org.junit.jupiter.api.BeforeAll;

/** The kernels in engine/native. */
class NativeKernelsVersusNaive extends KernelsVersusNaive {
    NativeKernelsVersusNaive() {
        super(new NativeKernels());
    }

    @BeforeAll
    static void needsTheLibrary() {
        NativeLibraryHere.requireFor(Kernel.NATIVE);
    }
}

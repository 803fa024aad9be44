package io.theseus.engine.tensor;

import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.BeforeAll;

/** The kernels in engine/native. */
class NativeKernelsVersusNaive extends KernelsVersusNaive {
    NativeKernelsVersusNaive() {
        super(new NativeKernels());
    }

    @BeforeAll
    static void needsTheLibrary() {
        assumeThat(NativeKernels.available())
                .as("native kernels: built by cargo, for x86-64 with AVX2")
                .isTrue();
    }
}

package io.theseus.engine.model;

import io.theseus.engine.tensor.Kernels;
import io.theseus.engine.tensor.ScalarKernels;
import io.theseus.engine.tensor.VectorKernels;

/** Chooses the implementation of the arithmetic; once per model. */
public final class KernelChoice {
    private KernelChoice() {}

    /** The implementation that {@code wanted} stands for on this machine. */
    public static Kernels of(ModelOptions.Kernel wanted) {
        return switch (wanted) {
            case SCALAR -> new ScalarKernels();
            case AUTO, VECTOR -> new VectorKernels();
        };
    }
}

package io.theseus.engine.tensor;

/** The kernels on the Vector API. */
class VectorKernelsVersusNaive extends KernelsVersusNaive {
    VectorKernelsVersusNaive() {
        super(new VectorKernels());
    }
}

package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.tensor.Kernels;
import io.theseus.engine.tensor.NativeKernels;
import io.theseus.engine.tensor.ScalarKernels;
import io.theseus.engine.tensor.VectorKernels;

/** Chooses the implementation of the arithmetic; once per model. */
public final class KernelChoice {
    private KernelChoice() {}

    /** The implementation that {@code wanted} stands for on this machine. */
    public static Kernels of(ModelOptions.Kernel wanted) {
        return switch (wanted) {
            case SCALAR -> new ScalarKernels();
            case NATIVE -> {
                if (!NativeKernels.available()) {
                    throw new TheseusException(
                            ErrorCode.BAD_INPUT,
                            "the native kernels were asked for and are not there: the build makes them where it finds"
                                    + " cargo (https://rustup.rs), for x86-64 processors with AVX2; kernel auto does"
                                    + " without them");
                }
                yield new NativeKernels();
            }
            case VECTOR -> vector();
            case AUTO -> NativeKernels.available() ? new NativeKernels() : vector();
        };
    }

    private static Kernels vector() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "the vector kernels need the JVM's option --add-modules=jdk.incubator.vector, which the launcher"
                            + " gives; give it with THESEUS_JAVA_OPTS, or set kernel to scalar, which is slow");
        }
        return new VectorKernels();
    }
}

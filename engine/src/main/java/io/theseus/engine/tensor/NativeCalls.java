package io.theseus.engine.tensor;

import static io.theseus.engine.tensor.NativeLibrary.parameters;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/** The functions of {@code engine/native}, as constants, so that the JIT compiles calls to them into a few instructions. */
final class NativeCalls {
    private static final Optional<NativeLibrary> LIBRARY = NativeLibrary.find();
    private static final MethodHandle MISSING = MethodHandles.empty(MethodType.methodType(void.class));

    static final MethodHandle QUANTIZE = status("theseus_quantize", "piipppppii");
    static final MethodHandle LINEAR = plain("theseus_linear", "ppppiiiiippppiiiipii");
    static final MethodHandle RMS_NORM = status("theseus_rms_norm", "piipfpi");
    static final MethodHandle ADD = plain("theseus_add", "pipii");
    static final MethodHandle ADD_WIRE = plain("theseus_add_wire", "pipii");
    static final MethodHandle GATE = plain("theseus_gate", "pipii");
    static final MethodHandle ROTATE = status("theseus_rotate", "piiipifppiii");
    static final MethodHandle STORE = status("theseus_store", "ppiiiipipiippi");
    static final MethodHandle QUERIES = status("theseus_queries", "piiiiiffpp");
    static final MethodHandle SCORES = plain("theseus_scores", "pippiippippii");
    static final MethodHandle WEIGHTS = status("theseus_weights", "piiiipppp");
    static final MethodHandle VALUES = plain("theseus_values", "piippiiipi");
    static final MethodHandle ATTENDED = plain("theseus_attended", "pipiiipii");

    private NativeCalls() {}

    /** Whether the functions can be called here. */
    static boolean available() {
        return LIBRARY.isPresent();
    }

    private static MethodHandle plain(String name, String letters) {
        return LIBRARY.map(library -> library.function(name, null, parameters(letters)))
                .orElse(MISSING);
    }

    private static MethodHandle status(String name, String letters) {
        return LIBRARY.map(library -> library.function(name, JAVA_INT, parameters(letters)))
                .orElse(MISSING);
    }
}

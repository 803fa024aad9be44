package io.theseus.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.engine.gguf.TensorType;
import io.theseus.engine.model.ModelOptions.Kernel;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels in engine/native. */
class NativeKernelsVersusNaive extends KernelsVersusNaive {
    NativeKernelsVersusNaive() {
        super(new NativeKernels());
    }

    @BeforeAll
    static void needsTheLibrary() {
        NativeLibraryHere.requireFor(Kernel.NATIVE);
    }

    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"Q8_0", "Q4_0", "Q4_1"})
    void packing(TensorType type) {
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            int rows = random.nextInt(1, 600);
            int columns = 32 * random.nextInt(1, 9);
            byte[] bytes = KernelsVersusNaive.rowsOfAFile(random, type, rows, columns);
            if (seed == 3) {
                java.util.Arrays.fill(bytes, 0, columns / 32 * type.blockBytes(), (byte) 0);
            }
            MemorySegment data = MemorySegment.ofArray(bytes);
            WorkerPool pool = new WorkerPool(1);

            PackedMatrix expected = PackedMatrix.packInJava("test", type, data, rows, columns, pool);
            PackedMatrix actual = PackedMatrix.pack("test", type, data, rows, columns, pool);

            assertThat(actual.words()).as("codes, seed %d", seed).isEqualTo(expected.words());
            assertThat(actual.kw()).as("kw, seed %d", seed).isEqualTo(expected.kw());
            assertThat(actual.km()).as("km, seed %d", seed).isEqualTo(expected.km());
            assertThat(actual.rowScale()).as("scales, seed %d", seed).isEqualTo(expected.rowScale());
        }
    }

    @Test
    void packingRefusesWhatIsNotANumber() {
        byte[] bytes = new byte[2 * 34];
        bytes[35] = 0x7C; // the second row's scale: infinity
        assertThatThrownBy(() -> PackedMatrix.pack(
                        "test", TensorType.Q8_0, MemorySegment.ofArray(bytes), 2, 32, new WorkerPool(1)))
                .isInstanceOf(NonFiniteValueException.class);
    }
}

package io.theseus.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.StepModel.Chunk;
import io.theseus.engine.model.StepModel.Sequence;
import io.theseus.testkit.Golden;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What sequences share, copy, give back and export. */
class KvStateTest {
    private static final int[] TOKENS = new Random(7).ints(200, 0, 320).toArray();

    private static LanguageModel model(long kvBytes) {
        try (GgufFile file = GgufFile.open(Golden.require("data/golden/tiny/qwen3.F32.gguf"))) {
            return LanguageModel.load(file, new ModelOptions(0, kvBytes, 1, ModelOptions.Kernel.VECTOR));
        }
    }

    private static float[] extend(LanguageModel model, Sequence sequence, int... tokens) {
        float[] last = new float[model.vocabularySize()];
        model.step(List.of(new Chunk(
                sequence,
                tokens,
                tokens.length - 1,
                (index, logits) -> System.arraycopy(logits, 0, last, 0, last.length))));
        return last;
    }

    @Test
    void anImportedStateContinuesAsTheOriginal() {
        try (LanguageModel model = model(4 << 20)) {
            Sequence original = model.newSequence();
            extend(model, original, Arrays.copyOf(TOKENS, 150));
            byte[] bytes = model.exportState(original, 0, 150);
            assertThat(bytes).hasSize(150 * model.stateBytesPerToken());
            Sequence copy = model.newSequence();
            model.importState(copy, Arrays.copyOf(bytes, 70 * model.stateBytesPerToken()));
            model.importState(copy, Arrays.copyOfRange(bytes, 70 * model.stateBytesPerToken(), bytes.length));
            assertThat(model.stateRoot(copy)).isEqualTo(model.stateRoot(original));
            assertThat(extend(model, copy, TOKENS[150])).isEqualTo(extend(model, original, TOKENS[150]));
        }
    }

    @Test
    void bytesThatNoComputationGivesAreRefusedAndChangeNothing() {
        try (LanguageModel model = model(4 << 20)) {
            Sequence original = model.newSequence();
            extend(model, original, Arrays.copyOf(TOKENS, 10));
            byte[] bytes = model.exportState(original, 0, 10);
            bytes[bytes.length / 2 / model.stateBytesPerToken() * model.stateBytesPerToken()] = Byte.MIN_VALUE;
            byte[] before = model.stateRoot(original);
            int free = model.freeBlocks();
            assertThatThrownBy(() -> model.importState(original, bytes))
                    .isInstanceOfSatisfying(
                            TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_INPUT));
            assertThatThrownBy(() -> model.importState(original, new byte[7])).isInstanceOf(TheseusException.class);
            assertThat(model.stateRoot(original)).isEqualTo(before);
            assertThat(model.freeBlocks()).isEqualTo(free);
        }
    }

    @Test
    void aForkSharesBlocksAndCopiesOnlyTheOneItWrites() {
        try (LanguageModel model = model(4 << 20)) {
            Sequence first = model.newSequence();
            extend(model, first, Arrays.copyOf(TOKENS, 130));
            int free = model.freeBlocks();
            Sequence second = first.fork();
            byte[] root = model.stateRoot(first);
            float[] continued = extend(model, second, TOKENS[130], TOKENS[131]);
            assertThat(model.freeBlocks()).isEqualTo(free - 1);
            assertThat(model.stateRoot(first)).isEqualTo(root);
            assertThat(extend(model, first, TOKENS[130], TOKENS[131])).isEqualTo(continued);
            assertThat(model.stateRoot(first)).isEqualTo(model.stateRoot(second));
            second.close();
            second.close();
            assertThat(model.freeBlocks()).isEqualTo(free);
            first.close();
            assertThat(model.freeBlocks()).isEqualTo(model.totalBlocks());
        }
    }

    @Test
    void truncatingForgets() {
        try (LanguageModel model = model(4 << 20)) {
            Sequence whole = model.newSequence();
            extend(model, whole, Arrays.copyOf(TOKENS, 100));
            extend(model, whole, 1, 2, 3);
            whole.truncate(40);
            Sequence fresh = model.newSequence();
            extend(model, fresh, Arrays.copyOf(TOKENS, 40));
            assertThat(model.stateRoot(whole)).isEqualTo(model.stateRoot(fresh));
            assertThat(extend(model, whole, 9)).isEqualTo(extend(model, fresh, 9));
        }
    }

    @Test
    void aStepWithoutRoomChangesNothing() {
        KvSequence probe;
        try (LanguageModel large = model(4 << 20)) {
            probe = (KvSequence) large.newSequence();
        }
        try (LanguageModel model = model(2 * probe.shape().bytes())) {
            assertThat(model.totalBlocks()).isEqualTo(2);
            Sequence first = model.newSequence();
            extend(model, first, Arrays.copyOf(TOKENS, 60));
            Sequence second = model.newSequence();
            extend(model, second, Arrays.copyOf(TOKENS, 60));
            byte[] root = model.stateRoot(first);
            assertThatThrownBy(() -> extend(model, first, Arrays.copyOf(TOKENS, 10)))
                    .isInstanceOfSatisfying(
                            TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
            assertThat(model.stateRoot(first)).isEqualTo(root);
            second.close();
            extend(model, first, Arrays.copyOf(TOKENS, 10));
            assertThat(first.length()).isEqualTo(70);
            assertThatThrownBy(() -> extend(model, first, Arrays.copyOf(TOKENS, 100)))
                    .isInstanceOfSatisfying(
                            TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTEXT_OVERFLOW));
        }
    }

    @Test
    void theModelRootNamesTheFunctionNotTheFile() {
        byte[] f32;
        try (LanguageModel model = model(4 << 20)) {
            f32 = model.modelRoot();
            assertThat(model.modelRoot()).isEqualTo(f32);
        }
        try (LanguageModel again = model(8 << 20)) {
            assertThat(again.modelRoot()).isEqualTo(f32);
        }
        try (GgufFile file = GgufFile.open(Golden.require("data/golden/tiny/qwen2.F32.gguf"));
                LanguageModel other = LanguageModel.load(file, ModelOptions.DEFAULT)) {
            assertThat(other.modelRoot()).isNotEqualTo(f32);
        }
    }
}

package io.theseus.engine.exactness;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.closeness.TinyGolden;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.model.StepModel;
import io.theseus.engine.tensor.NativeKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random schedules beside the simplest one. Texts are first decoded token by token, alone, by the scalar kernels on one thread;
 * then random numbers of them share steps, in chunks of random sizes, forked and cut back at random, on random threads by
 * either kernel. Every logit handed out, and the state at the end, must have the bits of the first run.
 */
class ExactnessProperties {
    private static final List<ModelOptions.Kernel> KERNELS = NativeKernels.available()
            ? List.of(ModelOptions.Kernel.SCALAR, ModelOptions.Kernel.VECTOR, ModelOptions.Kernel.NATIVE)
            : List.of(ModelOptions.Kernel.SCALAR, ModelOptions.Kernel.VECTOR);
    private static final int TRIALS = 4;
    private static final int TEXTS = 2;
    private static final int LONGEST = 200; // tokens: more than three KV blocks of 64, and more than a batch of 128

    /** A sequence under way and the text it follows. */
    private record Reader(StepModel.Sequence sequence, int text) {}

    @ParameterizedTest
    @ValueSource(strings = {"llama-k.Q4_1.gguf", "llama-mqa-tied.F32.gguf", "qwen2-yarn.F32.gguf", "qwen3.F32.gguf"})
    void noScheduleChangesABit(String name) {
        TinyGolden model = TinyGolden.all().stream()
                .filter(m -> m.file().equals(name))
                .findFirst()
                .orElseThrow();
        long firstSeed = new Random().nextLong();
        Random random = new Random(firstSeed);
        try (GgufFile file = GgufFile.open(model.path())) {
            int[][] texts = new int[TEXTS][];
            float[][][] expected = new float[TEXTS][][];
            byte[][] roots = new byte[TEXTS][];
            try (LanguageModel engine = load(file, 1, ModelOptions.Kernel.SCALAR)) {
                for (int i = 0; i < TEXTS; i++) {
                    texts[i] = random.ints(1 + random.nextInt(LONGEST), 0, engine.vocabularySize())
                            .toArray();
                    expected[i] = new float[texts[i].length][];
                    roots[i] = decode(engine, texts[i], expected[i]);
                }
            }
            for (int trial = 0; trial < TRIALS; trial++) {
                int threads = 1 + random.nextInt(4);
                ModelOptions.Kernel kernel = KERNELS.get(random.nextInt(KERNELS.size()));
                String where =
                        name + ", seed " + firstSeed + ", trial " + trial + ", " + threads + " threads, " + kernel;
                try (LanguageModel engine = load(file, threads, kernel)) {
                    new Schedule(engine, texts, expected, roots, random, where).run();
                    assertThat(engine.freeBlocks()).as(where).isEqualTo(engine.totalBlocks());
                }
            }
        }
    }

    private static LanguageModel load(GgufFile file, int threads, ModelOptions.Kernel kernel) {
        return LanguageModel.load(file, new ModelOptions(0, 16 << 20, threads, kernel));
    }

    /** Fills {@code logits}, (tokens, vocabulary), token by token; returns the state root at the end. */
    private static byte[] decode(LanguageModel engine, int[] text, float[][] logits) {
        try (StepModel.Sequence sequence = engine.newSequence()) {
            for (int i = 0; i < text.length; i++) {
                int at = i;
                StepModel.LogitsSink sink = (index, values) -> logits[at] = values.clone();
                engine.step(List.of(new StepModel.Chunk(sequence, new int[] {text[i]}, 0, sink)));
            }
            return engine.stateRoot(sequence);
        }
    }

    /** One random schedule, until every reader has reached the end of its text. */
    private static final class Schedule {
        private final LanguageModel engine;
        private final int[][] texts;
        private final float[][][] expected; // (texts, tokens, vocabulary)
        private final byte[][] roots; // (texts, 32): state roots at the end
        private final Random random;
        private final String where;
        private final List<Reader> readers = new ArrayList<>();
        private int rewinds = 8;
        private int handedOut;

        Schedule(
                LanguageModel engine,
                int[][] texts,
                float[][][] expected,
                byte[][] roots,
                Random random,
                String where) {
            this.engine = engine;
            this.texts = texts;
            this.expected = expected;
            this.roots = roots;
            this.random = random;
            this.where = where;
        }

        void run() {
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                readers.add(new Reader(engine.newSequence(), random.nextInt(TEXTS)));
            }
            while (!readers.isEmpty()) {
                step();
                for (Reader reader : List.copyOf(readers)) {
                    disturb(reader);
                }
                readers.removeIf(reader -> {
                    boolean done = reader.sequence().length() == texts[reader.text()].length;
                    if (done) {
                        assertThat(engine.stateRoot(reader.sequence()))
                                .as("state root of text %d; %s", reader.text(), where)
                                .isEqualTo(roots[reader.text()]);
                        reader.sequence().close();
                    }
                    return done;
                });
            }
        }

        private void step() {
            List<StepModel.Chunk> chunks = new ArrayList<>();
            int wanted = 0;
            for (Reader reader : readers) {
                if (chunks.isEmpty() || random.nextBoolean()) {
                    int start = reader.sequence().length();
                    int left = texts[reader.text()].length - start;
                    int size = 1 + random.nextInt(random.nextBoolean() ? Math.min(3, left) : left);
                    int[] tokens = Arrays.copyOfRange(texts[reader.text()], start, start + size);
                    int firstLogits = random.nextInt(size + 1);
                    wanted += size - firstLogits;
                    chunks.add(new StepModel.Chunk(
                            reader.sequence(), tokens, firstLogits, (i, logits) -> check(reader, start + i, logits)));
                }
            }
            handedOut = 0;
            engine.step(chunks);
            assertThat(handedOut).as("logits handed out; " + where).isEqualTo(wanted);
        }

        private void check(Reader reader, int token, float[] logits) {
            handedOut++;
            assertThat(Arrays.equals(logits, expected[reader.text()][token]))
                    .as("same logits after token %d of text %d; %s", token, reader.text(), where)
                    .isTrue();
        }

        /** Sometimes goes back to an earlier token, sometimes lets a second reader go on from the same state. */
        private void disturb(Reader reader) {
            if (rewinds > 0 && random.nextInt(4) == 0) {
                rewinds--;
                if (random.nextBoolean()) {
                    reader.sequence().truncate(random.nextInt(reader.sequence().length() + 1));
                } else {
                    readers.add(new Reader(reader.sequence().fork(), reader.text()));
                }
            }
        }
    }
}

package io.theseus.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.tokenizer.Tokenizers;
import io.theseus.testkit.Golden;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The scheduler on real arithmetic: company, chunks, shared prefixes and preemption change no bit of an answer. */
class RealModelTest {
    /** Two answers fit at first and none beside another at last: someone has to give way. */
    private static final int BLOCKS = 4;

    @Test
    void answersInCompanyEqualAnswersAlone() throws Exception {
        Path path = Golden.require("data/golden/tiny/llama-gqa-untied.F32.gguf");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long blockBytes;
        try (LanguageModel probe = load(path, ModelOptions.DEFAULT_KV_BYTES)) {
            blockBytes = ModelOptions.DEFAULT_KV_BYTES / probe.totalBlocks();
        }
        try (LanguageModel model = load(path, BLOCKS * blockBytes);
                LanguageModel other = load(path, BLOCKS * blockBytes);
                GgufFile file = GgufFile.open(path)) {
            assertThat(model.totalBlocks()).isBetween(BLOCKS - 1, BLOCKS + 1);
            Tokenizer tokenizer = Tokenizers.from(file.metadata());
            List<GenerationRequest> requests = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                requests.add(request(random, model.vocabularySize(), i));
            }
            SchedulerSettings settings = new SchedulerSettings(
                    6,
                    100,
                    1 << 20,
                    48,
                    8,
                    Duration.ofMillis(20),
                    Duration.ofMillis(40),
                    3,
                    200,
                    Duration.ofMinutes(1));
            BatchScheduler scheduler = new BatchScheduler(
                    model, tokenizer, settings, SchedulerListener.NONE, StateStore.NONE, System::nanoTime);
            List<Generation> generations = scheduler.submit(requests);
            while (scheduler.turn() == BatchScheduler.Turn.WORKED) {
                assertThat(model.freeBlocks()).isNotNegative();
            }
            for (int i = 0; i < requests.size(); i++) {
                AloneEngine.Result alone = AloneEngine.answer(other, tokenizer, requests.get(i));
                assertThat(Rig.ids(Rig.read(generations.get(i))))
                        .as("seed %d request %d", seed, i)
                        .isEqualTo(alone.ids());
            }
            assertThat(scheduler.load().cachedTokens()).isPositive();
            assertThat(scheduler.load().preemptions()).isPositive();
            scheduler.beginShutdown(0);
            scheduler.turn();
            assertThat(model.freeBlocks()).isEqualTo(model.totalBlocks());
        }
    }

    private static LanguageModel load(Path path, long kvBytes) {
        try (GgufFile file = GgufFile.open(path)) {
            return LanguageModel.load(file, new ModelOptions(0, kvBytes, 1, ModelOptions.Kernel.SCALAR));
        }
    }

    /** All begin with the same 20 tokens and grow to 3 blocks. */
    private static GenerationRequest request(Random random, int vocabulary, int index) {
        int[] shared = new Random(1).ints(20, 3, vocabulary).toArray();
        int[] prompt = IntStream.concat(IntStream.of(shared), random.ints(1 + random.nextInt(20), 3, vocabulary))
                .toArray();
        SamplingParameters sampling =
                new SamplingParameters(index % 2, 0, 0.95f, 0, 1, 0, 0, Map.of(), random.nextLong(), -1);
        return new GenerationRequest(prompt, 115, sampling, List.of(), Set.of(), true, false, Optional.empty());
    }
}

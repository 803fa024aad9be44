package io.theseus.orchestrator.states;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.states.DiskStates;
import io.theseus.cache.states.ModelStates;
import io.theseus.cache.states.StateKeys;
import io.theseus.cache.states.StateLoad;
import io.theseus.core.Digest;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.model.StepModel.Chunk;
import io.theseus.engine.model.StepModel.Sequence;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.BatchScheduler;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.SchedulerListener;
import io.theseus.engine.scheduler.SchedulerSettings;
import io.theseus.engine.scheduler.StateStore;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.tokenizer.Tokenizers;
import io.theseus.testkit.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes on from a stored state is, bit for bit, what computing everything gives. */
@Timeout(120)
class ResumeVersusNaive {
    private static final long CAPACITY = 64 << 20;
    private static final double SLOW = 1e12; // ns a token: loading always pays

    @TempDir
    Path folder;

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);

    private static LanguageModel model() {
        try (GgufFile file = GgufFile.open(Golden.require("data/golden/tiny/qwen3.F32.gguf"))) {
            return LanguageModel.load(file, new ModelOptions(0, 8 << 20, 1, ModelOptions.Kernel.SCALAR));
        }
    }

    private DiskStates disk() {
        return DiskStates.open(folder, CAPACITY, InstantSource.system(), System::nanoTime);
    }

    private static ModelStates states(DiskStates disk, LanguageModel model) {
        StateKeys keys =
                StateKeys.of(Digest.of(model.modelRoot()), LanguageModel.ENGINE_ID, new byte[0], model.blockTokens());
        return disk.model(keys, model.blockTokens() * model.stateBytesPerToken());
    }

    /** Feeds {@code tokens} from {@code from} on in chunks of any length. */
    private void compute(LanguageModel model, Sequence sequence, int[] tokens) {
        while (sequence.length() < tokens.length) {
            int from = sequence.length();
            int to = Math.min(tokens.length, from + 1 + random.nextInt(70));
            model.step(List.of(
                    new Chunk(sequence, Arrays.copyOfRange(tokens, from, to), to - from, (index, logits) -> {})));
        }
    }

    @Test
    void anyBeginningAnyChunksTheSameStateRoot() throws Exception {
        try (LanguageModel model = model();
                DiskStates disk = disk()) {
            ModelStates states = states(disk, model);
            int block = model.blockTokens();
            for (int round = 0; round < 6; round++) {
                int[] tokens = random.ints(block + random.nextInt(4 * block), 3, model.vocabularySize())
                        .toArray();
                byte[] root;
                int[] whole = Arrays.copyOf(tokens, tokens.length / block * block);
                try (Sequence naive = model.newSequence()) {
                    compute(model, naive, tokens);
                    root = model.stateRoot(naive);
                    for (int i : states.wanted(whole, SLOW)) {
                        try (var held = naive.hold(i)) {
                            states.store(whole, i, model.exportState(held));
                        }
                    }
                }
                disk.flush();
                int from = random.nextInt(whole.length / block);
                CountDownLatch ready = new CountDownLatch(1);
                try (Sequence resumed = model.newSequence();
                        StateLoad load = states.decide(whole, from, SLOW, ready::countDown)) {
                    String run = "seed " + seed + " round " + round + " from block " + from;
                    assertThat(load.loads()).as(run).isTrue();
                    ready.await();
                    compute(model, resumed, Arrays.copyOf(tokens, from * block));
                    int end = load.first() + random.nextInt(load.end() - load.first() + 1);
                    for (int i = load.first(); i < end; i++) {
                        model.importState(resumed, load.state(i));
                    }
                    compute(model, resumed, tokens);
                    assertThat(model.stateRoot(resumed)).as(run).isEqualTo(root);
                }
            }
        }
    }

    @Test
    void answersAfterARestartAreThoseWithoutAStore() throws Exception {
        Path path = Golden.require("data/golden/tiny/qwen3.F32.gguf");
        Tokenizer tokenizer;
        try (GgufFile file = GgufFile.open(path)) {
            tokenizer = Tokenizers.from(file.metadata());
        }
        List<GenerationRequest> requests = new ArrayList<>();
        int[] shared = random.ints(200, 3, 200).toArray();
        for (int i = 0; i < 6; i++) {
            int[] own = random.ints(1 + random.nextInt(150), 3, 200).toArray();
            int[] prompt = Arrays.copyOf(shared, shared.length + own.length);
            System.arraycopy(own, 0, prompt, shared.length, own.length);
            SamplingParameters sampling =
                    new SamplingParameters(i % 2, 0, 0.95f, 0, 1, 0, 0, Map.of(), random.nextLong(), 3);
            requests.add(
                    new GenerationRequest(prompt, 12, sampling, List.of(), Set.of(), true, false, Optional.empty()));
        }
        List<List<GenerationEvent.Token>> expected = answers(tokenizer, requests, Optional.empty());
        try (DiskStates disk = disk()) {
            assertThat(answers(tokenizer, requests, Optional.of(disk)))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            disk.flush();
        }
        try (DiskStates disk = disk()) {
            disk.flush();
            assertThat(answers(tokenizer, requests, Optional.of(disk)))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            assertThat(disk.stats().loads()).as("seed %d", seed).isPositive();
        }
        flipABitOfEveryFile();
        try (DiskStates disk = disk()) {
            disk.flush();
            assertThat(answers(tokenizer, requests, Optional.of(disk)))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            assertThat(disk.stats().loadedTokens()).as("seed %d", seed).isZero();
        }
    }

    private void flipABitOfEveryFile() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(file -> file.toString().endsWith(".state")).toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            int bit = random.nextInt(bytes.length * 8);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);
        }
    }

    /** Answers with an engine of its own, one request after the other: nothing is in memory. */
    private static List<List<GenerationEvent.Token>> answers(
            Tokenizer tokenizer, List<GenerationRequest> requests, Optional<DiskStates> disk) throws Exception {
        try (LanguageModel model = model()) {
            StateStore store = disk.<StateStore>map(open -> new Slow(new DiskStateStore(states(open, model))))
                    .orElse(StateStore.NONE);
            List<List<GenerationEvent.Token>> answers = new ArrayList<>();
            try (BatchScheduler engine =
                    BatchScheduler.start(model, tokenizer, SchedulerSettings.DEFAULT, SchedulerListener.NONE, store)) {
                for (GenerationRequest request : requests) {
                    answers.add(tokens(engine.submit(request)));
                }
            }
            return answers;
        }
    }

    private static List<GenerationEvent.Token> tokens(Generation generation) throws InterruptedException {
        List<GenerationEvent.Token> tokens = new ArrayList<>();
        while (true) {
            switch (generation.next()) {
                case GenerationEvent.Token token -> tokens.add(token);
                case GenerationEvent.Finished finished -> {
                    return tokens;
                }
                case GenerationEvent.Failed failed -> throw failed.cause();
                case GenerationEvent.Prefill progress -> {}
            }
        }
    }

    /** On a machine that computes so slowly that loading always pays. */
    private record Slow(StateStore store) implements StateStore {
        @Override
        public Plan plan(int[] tokens, int from, double prefillNanosPerToken, Runnable wake) {
            return store.plan(tokens, from, SLOW, wake);
        }

        @Override
        public List<Integer> wanted(int[] tokens, double prefillNanosPerToken) {
            return store.wanted(tokens, SLOW);
        }

        @Override
        public void store(int[] tokens, int block, byte[] state) {
            store.store(tokens, block, state);
        }
    }
}

package io.theseus.node;

import io.theseus.cache.states.DiskStates;
import io.theseus.cache.states.ModelStates;
import io.theseus.cache.states.StateKeys;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.scheduler.BatchScheduler;
import io.theseus.engine.scheduler.SchedulerSettings;
import io.theseus.engine.scheduler.StateStore;
import io.theseus.engine.template.ChatTemplate;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.tokenizer.Tokenizers;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.http.EngineMeter;
import io.theseus.orchestrator.ModelIdentity;
import io.theseus.orchestrator.RememberingEngine;
import io.theseus.orchestrator.states.DiskStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** From a file to a model that answers. */
public final class ModelLoader {
    /** Of the memory that Java may use: what the state of sequences may take if nobody says otherwise. */
    private static final int KV_SHARE = 4;

    private ModelLoader() {}

    /**
     * Reads the model in {@code file}. Tokenizer and template are made while the weights are packed: nothing of it waits for
     * the rest, and the time to the first token counts.
     *
     * @param id the name requests use
     * @param states where states of prompts are kept on disk; closed with the model; only used for a rooted one
     * @param rooted whether the model's root is computed as its fingerprint, which takes a second per GB; else it has none
     * @throws TheseusException if the file is not a model that can be run, or {@code settings} do not fit it
     */
    public static LoadedModel load(
            String id, Path file, NodeConfig.Engine settings, Optional<DiskStates> states, boolean rooted)
            throws InterruptedException {
        try (GgufFile gguf = GgufFile.open(file)) {
            FutureTask<Tokenizer> tokenizer = meanwhile("tokenizer", () -> Tokenizers.from(gguf.metadata()));
            FutureTask<Optional<ChatTemplate>> template =
                    meanwhile("template", () -> ChatTemplate.from(gguf.metadata()));
            LanguageModel model = LanguageModel.load(gguf, options(settings));
            try {
                EngineMeter meter = new EngineMeter();
                Optional<ModelStates> own = rooted ? states.map(disk -> states(disk, model)) : Optional.empty();
                StateStore store = own.<StateStore>map(DiskStateStore::new).orElse(StateStore.NONE);
                BatchScheduler engine =
                        BatchScheduler.start(model, result(tokenizer), scheduler(settings), meter, store);
                ServedModel served = new ServedModel(
                        id,
                        created(file),
                        rooted ? HexFormat.of().formatHex(model.modelRoot()) : "",
                        RememberingEngine.forgetful(engine),
                        result(template),
                        new ModelMeters(Optional.of(meter), own));
                return new LoadedModel(served, identity(model, rooted), () -> {
                    model.close();
                    states.ifPresent(DiskStates::close);
                });
            } catch (RuntimeException | Error | InterruptedException e) {
                model.close();
                throw e;
            }
        }
    }

    private static ModelStates states(DiskStates disk, LanguageModel model) {
        StateKeys keys =
                StateKeys.of(Digest.of(model.modelRoot()), LanguageModel.ENGINE_ID, new byte[0], model.blockTokens());
        return disk.model(keys, model.blockTokens() * model.stateBytesPerToken());
    }

    /** The model in {@code file} without its weights: it makes prompts, and answers what is remembered. */
    public static LoadedModel unloaded(String id, Path file, ModelFact fact) {
        try (GgufFile gguf = GgufFile.open(file)) {
            ServedModel served = new ServedModel(
                    id,
                    created(file),
                    "",
                    new UnloadedEngine(Tokenizers.from(gguf.metadata()), fact.contextLength()),
                    ChatTemplate.from(gguf.metadata()));
            return new LoadedModel(served, ModelIdentity.of(fact.root()), () -> {});
        }
    }

    private static ModelIdentity identity(LanguageModel model, boolean known) {
        if (known) {
            return ModelIdentity.of(Digest.of(model.modelRoot()));
        }
        return new ModelIdentity() {
            @Override
            public Optional<Digest> known() {
                return Optional.empty();
            }

            @Override
            public Digest root() {
                return Digest.of(model.modelRoot());
            }
        };
    }

    /** What {@code settings} mean on this machine. */
    public static ModelOptions options(NodeConfig.Engine settings) {
        long kvBytes = settings.kvMemory()
                .map(size -> size.bytes())
                .orElseGet(() -> Math.min(
                        ModelOptions.DEFAULT_KV_BYTES, Runtime.getRuntime().maxMemory() / KV_SHARE));
        ModelOptions.Kernel kernel = switch (settings.kernel()) {
            case AUTO -> ModelOptions.Kernel.AUTO;
            case SCALAR -> ModelOptions.Kernel.SCALAR;
            case VECTOR -> ModelOptions.Kernel.VECTOR;
            case NATIVE -> ModelOptions.Kernel.NATIVE;
        };
        return new ModelOptions(
                settings.contextLength().orElse(0), kvBytes, settings.threads().orElse(0), kernel);
    }

    private static SchedulerSettings scheduler(NodeConfig.Engine settings) {
        SchedulerSettings usual = SchedulerSettings.DEFAULT;
        return new SchedulerSettings(
                settings.maxRunning(),
                settings.queue(),
                usual.maxWaitingTokens(),
                usual.maxPrefillTokens(),
                usual.minPrefillTokens(),
                usual.streamingStep(),
                usual.idleStep(),
                usual.keptBlocks(),
                usual.channelCapacity(),
                usual.readerPatience());
    }

    private static long created(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant().getEpochSecond();
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static <T> FutureTask<T> meanwhile(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().name("load-" + name).daemon().start(task);
        return task;
    }

    private static <T> T result(FutureTask<T> task) throws InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException fault -> throw fault;
                case Error fault -> throw fault;
                case null, default ->
                    throw new TheseusException(ErrorCode.INTERNAL, "loading failed: " + e.getCause(), e);
            }
        }
    }
}

package io.theseus.node.cli;

import io.theseus.cache.Scope;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.CanonicalBytes;
import io.theseus.core.Digest;
import io.theseus.core.DurationText;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.node.LoadedModel;
import io.theseus.node.ModelFact;
import io.theseus.node.ModelLoader;
import io.theseus.node.NodeCache;
import io.theseus.node.config.NodeConfig;
import io.theseus.orchestrator.CacheControl;
import io.theseus.orchestrator.Provenance;
import io.theseus.orchestrator.Recall;
import io.theseus.orchestrator.Recalled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** What a command remembers. Opened beside the model, since both take a moment. */
final class AnswerMemory implements AutoCloseable {
    private final Call call;
    private final NodeConfig config;
    private final boolean on;
    private @Nullable FutureTask<Optional<AnswerCache>> opening;

    /** @param wanted whether the command may remember at all */
    AnswerMemory(Call call, NodeConfig config, boolean wanted) {
        this.call = call;
        this.config = config;
        on = wanted && config.cache().on();
    }

    private FutureTask<Optional<AnswerCache>> opening() {
        FutureTask<Optional<AnswerCache>> task = opening;
        if (task == null) {
            task = new FutureTask<>(() -> NodeCache.open(config, call.clock()));
            opening = task;
            Thread.ofPlatform().name("open-cache").daemon().start(task);
        }
        return task;
    }

    private Optional<AnswerCache> cache() throws InterruptedException {
        if (!on) {
            return Optional.empty();
        }
        try {
            return opening().get();
        } catch (ExecutionException e) {
            throw new TheseusException(ErrorCode.INTERNAL, "the cache failed: " + e.getCause(), e);
        }
    }

    /** What it takes to recognise a question before the model is loaded. */
    private Optional<String> factName(Optional<Path> file) {
        return on ? file.map(path -> ModelFact.name(path, config.engine())) : Optional.empty();
    }

    /**
     * The model without its weights, if it was loaded before by these settings and {@code question} seems to have been asked.
     *
     * @param question all that a prompt and its answer depend on, beside the model
     */
    Optional<LoadedModel> unloaded(Digest question) throws InterruptedException {
        if (!on || !new AskedBefore(config.home()).contains(question)) {
            return Optional.empty();
        }
        Optional<Path> file = call.models().file(call, config);
        Optional<String> name = factName(file);
        Optional<AnswerCache> cache = cache();
        if (name.isEmpty() || cache.isEmpty()) {
            return Optional.empty();
        }
        Optional<ModelFact> fact = ModelFact.find(cache.get(), name.get());
        if (fact.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(ModelLoader.unloaded(ModelFiles.name(file.get(), config.home()), file.get(), fact.get())
                .remembering(cache.get()));
    }

    /** The model, loaded, with its answers remembered. */
    LoadedModel open() throws InterruptedException {
        if (!on) {
            return call.models().open(call, config, false);
        }
        var _ = opening(); // begins beside the loading
        LoadedModel model = call.models().open(call, config, false);
        Optional<AnswerCache> cache = cache();
        if (cache.isEmpty()) {
            return model;
        }
        Optional<String> name = factName(call.models().file(call, config));
        Optional<ModelFact> fact = name.isPresent() ? ModelFact.find(cache.get(), name.get()) : Optional.empty();
        return fact.map(known -> model.known(known.root())).orElse(model).remembering(cache.get());
    }

    /** The answer to {@code request}, remembered or on its way. */
    Recalled answer(LoadedModel model, GenerationRequest request, boolean seeded, String question)
            throws InterruptedException {
        Recall recall = new Recall(
                on ? CacheControl.DEFAULT : CacheControl.NONE, config.cache().scope(), false, seeded, "", question);
        return model.engine().recall(List.of(request), recall).getFirst();
    }

    /** The answer to {@code request} if it is remembered. */
    Optional<Recalled> remembered(LoadedModel model, GenerationRequest request, boolean seeded)
            throws InterruptedException {
        Recall recall =
                new Recall(new CacheControl(true, false, true, Optional.empty()), Scope.PRIVATE, false, seeded, "", "");
        try {
            return Optional.of(model.engine().recall(List.of(request), recall).getFirst());
        } catch (TheseusException e) {
            if (e.code() == ErrorCode.NOT_REMEMBERED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** After an answer: what makes the next start with the same question quicker. */
    void asked(LoadedModel model, Digest question) throws InterruptedException {
        Optional<AnswerCache> cache = cache();
        Optional<String> name = factName(call.models().file(call, config));
        if (cache.isEmpty() || name.isEmpty()) {
            return;
        }
        if (ModelFact.find(cache.get(), name.get()).isEmpty()) {
            new ModelFact(model.identity().root(), model.engine().contextLength()).keep(cache.get(), name.get());
        }
        new AskedBefore(config.home()).add(question);
    }

    /** A note for people if the answer was not computed now. */
    void note(Provenance from) {
        if (from instanceof Provenance.Remembered remembered) {
            Duration age = Duration.ofSeconds(remembered.age().toSeconds());
            call.console()
                    .note("note: remembered, computed " + DurationText.format(age)
                            + " ago; --no-cache computes it anew");
        }
    }

    /** All that an answer of {@code ask} depends on beside the model file and the date. */
    static Digest question(String model, String system, String question, GenerationRequest blank) {
        CanonicalBytes bytes = new CanonicalBytes("theseus/asked/1")
                .text(model)
                .text(system)
                .text(question)
                .text(blank.sampling().toString())
                .integer(blank.maxTokens())
                .integer(blank.stop().size());
        blank.stop().forEach(bytes::text);
        return bytes.sha256();
    }

    @Override
    public void close() {
        FutureTask<Optional<AnswerCache>> task = opening;
        if (task == null) {
            return;
        }
        boolean interrupted = false;
        while (true) {
            try {
                task.get().ifPresent(AnswerCache::close);
                break;
            } catch (InterruptedException e) {
                // What was computed is still worth keeping.
                interrupted = true;
            } catch (ExecutionException e) {
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.theseus.node;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.Digest;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.template.ChatInput;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.toolcall.AnswerParser;
import io.theseus.engine.toolcall.AnswerPart;
import io.theseus.engine.toolcall.ToolCallFormat;
import io.theseus.node.prompt.Bos;
import io.theseus.node.prompt.PromptWriter;
import io.theseus.orchestrator.Memory;
import io.theseus.orchestrator.ModelIdentity;
import io.theseus.orchestrator.RememberingEngine;
import io.theseus.orchestrator.meaning.Meanings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** A model in memory that answers, with all that must be given back when it goes. */
public final class LoadedModel implements AutoCloseable {
    private final ServedModel served;
    private final ModelIdentity identity;
    private final Runnable release;

    /**
     * A model.
     *
     * @param identity what its answers are remembered under
     * @param release frees what the engine stands on, once it is shut down
     */
    public LoadedModel(ServedModel served, ModelIdentity identity, Runnable release) {
        this.served = served;
        this.identity = identity;
        this.release = release;
    }

    /** A model that is known by its name and fingerprint. */
    public LoadedModel(ServedModel served, Runnable release) {
        this(served, ModelIdentity.of(Digest.ofText(served.id() + "\n" + served.fingerprint())), release);
    }

    /** This model, whose root is known from an earlier time. */
    public LoadedModel known(Digest root) {
        return new LoadedModel(served, ModelIdentity.of(root), release);
    }

    /** What its answers are remembered under. */
    public ModelIdentity identity() {
        return identity;
    }

    /** This model, with answers remembered in {@code cache}. */
    public LoadedModel remembering(AnswerCache cache) {
        return remembering(cache, Optional.empty());
    }

    /** This model, with answers remembered in {@code cache} and, for those who want it, found by their meaning. */
    public LoadedModel remembering(AnswerCache cache, Optional<Meanings> meanings) {
        Memory memory = new Memory(cache, identity, served.id(), LanguageModel.ENGINE_ID, meanings);
        ServedModel remembering = new ServedModel(
                served.id(),
                served.createdEpochSeconds(),
                served.fingerprint(),
                new RememberingEngine(served.engine(), Optional.of(memory)),
                served.template(),
                served.meters());
        return new LoadedModel(remembering, identity, release);
    }

    /**
     * What a model is given to read.
     *
     * @param text as the template renders it
     * @param ids its tokens
     */
    public record Prompt(String text, int[] ids) {}

    public String id() {
        return served.id();
    }

    public ServedModel served() {
        return served;
    }

    public RememberingEngine engine() {
        return served.engine();
    }

    /** Whether it has a chat template, and so takes turns rather than going on with a text. */
    public boolean chats() {
        return served.template().isPresent();
    }

    /**
     * The prompt of a conversation that waits for the assistant's answer. Without a template it is the bare text of the messages.
     *
     * @throws io.theseus.core.TheseusException {@code BAD_INPUT} if the template refuses the conversation
     */
    public Prompt prompt(List<Map<String, Object>> messages, Instant now) {
        Tokenizer tokenizer = engine().tokenizer();
        if (served.template().isPresent()) {
            var prompt = new PromptWriter(served.template().get(), tokenizer).write(ChatInput.of(messages, now));
            return new Prompt(prompt.text(), prompt.ids());
        }
        String text = messages.stream()
                .map(message -> String.valueOf(message.get("content")))
                .collect(Collectors.joining("\n"));
        return new Prompt(text, Bos.prepend(tokenizer.encode(text, false), tokenizer));
    }

    /** Takes an answer to {@code prompt} apart into reasoning and text. */
    public AnswerParser parser(Prompt prompt) {
        return served.template()
                .map(template -> ToolCallFormat.detect(template).parser(false, prompt.text(), new SplittableRandom()))
                .orElseGet(PlainAnswer::new);
    }

    @Override
    public void close() {
        engine().close();
        release.run();
    }

    /** The answers of a model without a template are text and nothing else. */
    private static final class PlainAnswer implements AnswerParser {
        @Override
        public List<AnswerPart> accept(String textDelta) {
            return textDelta.isEmpty() ? List.of() : List.of(new AnswerPart.Text(textDelta));
        }

        @Override
        public List<AnswerPart> finish() {
            return List.of();
        }
    }
}

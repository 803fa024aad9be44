package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.InferenceEngine;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.node.LoadedModel;
import io.theseus.node.ServedModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Answers from a script instead of a model: the prompt's text decides. Each byte is a token. */
final class ScriptedEngine implements InferenceEngine {
    /** In a script: nothing more comes until the answer is cancelled. */
    static final String HANG = "<hang>";

    final List<String> prompts = new ArrayList<>();
    final List<SamplingParameters> sampling = new ArrayList<>();
    private final Function<String, List<String>> script;
    private boolean closed;

    ScriptedEngine(Function<String, List<String>> script) {
        this.script = script;
    }

    /** A model without a template that answers by {@code engine}. */
    static LoadedModel model(ScriptedEngine engine) {
        return new LoadedModel(new ServedModel("scripted", 0, "none", engine, Optional.empty()), () -> {});
    }

    boolean closed() {
        return closed;
    }

    @Override
    public Generation submit(GenerationRequest request) {
        byte[] bytes = new byte[request.prompt().length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) request.prompt()[i];
        }
        String prompt = new String(bytes, StandardCharsets.UTF_8);
        prompts.add(prompt);
        sampling.add(request.sampling());
        if (prompt.contains("overflow")) {
            throw new TheseusException(ErrorCode.CONTEXT_OVERFLOW, "the prompt is too long for this test");
        }
        ScriptedGeneration generation = new ScriptedGeneration();
        List<String> tokens = script.apply(prompt);
        int cut = Math.min(tokens.size(), request.maxTokens());
        generation.events.add(new GenerationEvent.Prefill(bytes.length, bytes.length));
        for (String token : tokens.subList(0, cut)) {
            if (token.equals(HANG)) {
                return generation;
            }
            generation.events.add(new GenerationEvent.Token(token.hashCode() & 0xFF, token, Optional.empty()));
        }
        if (tokens.contains("fail")) {
            generation.events.add(new GenerationEvent.Failed(
                    new TheseusException(ErrorCode.NUMERIC_FAULT, "layer 3 met a NaN; the file is damaged")));
        } else {
            FinishReason reason = cut < tokens.size() ? FinishReason.LENGTH : FinishReason.STOP;
            generation.events.add(new GenerationEvent.Finished(
                    reason, "", new GenerationEvent.Usage(bytes.length, 2, cut, 1000, 2_000_000, 3_000_000)));
        }
        return generation;
    }

    @Override
    public Tokenizer tokenizer() {
        return new ByteTokenizer();
    }

    @Override
    public int contextLength() {
        return 4096;
    }

    @Override
    public Load load() {
        return new Load(0, 0, 0, 1, 0, 0, 0, 0);
    }

    @Override
    public void shutdown(long graceMillis) {
        closed = true;
    }

    private static final class ScriptedGeneration implements Generation {
        private final BlockingQueue<GenerationEvent> events = new LinkedBlockingQueue<>();

        @Override
        public GenerationEvent next() throws InterruptedException {
            return events.take();
        }

        @Override
        public @org.jspecify.annotations.Nullable GenerationEvent poll(long millis) throws InterruptedException {
            return events.poll(millis, TimeUnit.MILLISECONDS);
        }

        @Override
        public void cancel() {
            events.add(new GenerationEvent.Finished(
                    FinishReason.CANCELLED, "", new GenerationEvent.Usage(1, 0, 1, 0, 0, 0)));
        }
    }

    /** UTF-8 bytes as ids. */
    private static final class ByteTokenizer implements Tokenizer {
        @Override
        public int[] encode(String text, boolean parseSpecial) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[bytes.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = bytes[i] & 0xFF;
            }
            return ids;
        }

        @Override
        public byte[] bytes(int id) {
            return new byte[] {(byte) id};
        }

        @Override
        public boolean isControl(int id) {
            return false;
        }

        @Override
        public int size() {
            return 256;
        }

        @Override
        public OptionalInt bos() {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt eos() {
            return OptionalInt.empty();
        }

        @Override
        public boolean addsBos() {
            return false;
        }

        @Override
        public boolean addsSpacePrefix() {
            return false;
        }

        @Override
        public boolean addsEos() {
            return false;
        }

        @Override
        public Set<Integer> endOfGeneration() {
            return Set.of();
        }
    }
}

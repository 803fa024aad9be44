package io.theseus.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.cache.Scope;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.CacheBounds;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.Generation;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.orchestrator.Provenance.Computed;
import io.theseus.orchestrator.Provenance.Joined;
import io.theseus.orchestrator.Provenance.Remembered;
import io.theseus.proof.NodeKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RememberingEngineTest {
    @TempDir
    Path home;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-04T05:06:07Z"));
    private final StepEngine engine = new StepEngine();
    private AnswerCache cache;
    private RememberingEngine remembering;

    @BeforeEach
    void open() throws Exception {
        InstantSource clock = now::get;
        cache = AnswerCache.open(home, CacheBounds.DEFAULT, NodeKey.of(home), clock);
        remembering = new RememberingEngine(
                engine, Optional.of(new Memory(cache, ModelIdentity.of(Digest.ofText("m")), "model", "e 1")));
    }

    @AfterEach
    void close() {
        cache.close();
    }

    private static GenerationRequest request(String prompt) {
        return GenerationRequest.of(new ByteTokenizer().encode(prompt, false), 50, SamplingParameters.GREEDY);
    }

    private Recalled recall(String prompt, Recall how) throws InterruptedException {
        return remembering.recall(List.of(request(prompt)), how).getFirst();
    }

    private static Recall control(String header) {
        return new Recall(CacheControl.parse(header), Scope.PRIVATE, false, true, "", "");
    }

    private static List<GenerationEvent> readAll(Generation generation) throws InterruptedException {
        List<GenerationEvent> events = new ArrayList<>();
        while (true) {
            GenerationEvent event = generation.next();
            if (!(event instanceof GenerationEvent.Prefill)) {
                events.add(event);
            }
            if (event instanceof Finished || event instanceof GenerationEvent.Failed) {
                return events;
            }
        }
    }

    @Test
    void theSecondTimeTheSameEventsComeWithoutComputing() throws Exception {
        GenerationRequest asked = GenerationRequest.of(
                new ByteTokenizer().encode("abc", false),
                50,
                new SamplingParameters(0f, 0, 1f, 0f, 1f, 0f, 0f, java.util.Map.of(), 0, 1));
        Recalled first = remembering.recall(List.of(asked), Recall.DEFAULT).getFirst();
        List<GenerationEvent> computed = readAll(first.generation());
        now.set(now.get().plusSeconds(7));
        Recalled second = remembering.recall(List.of(asked), Recall.DEFAULT).getFirst();
        List<GenerationEvent> replayed = readAll(second.generation());

        assertThat(first.provenance()).isInstanceOf(Computed.class);
        assertThat(second.provenance()).isInstanceOfSatisfying(Remembered.class, from -> {
            assertThat(from.layer()).isEqualTo("answer");
            assertThat(from.age()).isEqualTo(Duration.ofSeconds(7));
            assertThat(from.key()).isEqualTo(first.provenance().key());
        });
        assertThat(engine.generations).hasSize(1);
        assertThat(replayed.subList(0, 3)).isEqualTo(computed.subList(0, 3));
        assertThat(replayed.getLast()).isInstanceOfSatisfying(Finished.class, end -> {
            assertThat(end.reason()).isEqualTo(FinishReason.STOP);
            assertThat(end.text()).isEqualTo("!");
            assertThat(end.usage().promptTokens()).isEqualTo(3);
            assertThat(end.usage().cachedTokens()).isEqualTo(3);
            assertThat(end.usage().completionTokens()).isEqualTo(4);
        });
        assertThat(cache.stats().hits()).isEqualTo(1);
        assertThat(cache.stats().misses()).isEqualTo(1);
        assertThat(cache.stats().savedNanos()).isEqualTo(1000);
    }

    @Test
    void obeysCacheControl() throws Exception {
        readAll(recall("x", control("no-store")).generation());
        assertThat(recall("x", Recall.DEFAULT).provenance()).isInstanceOf(Computed.class);
        assertThatThrownBy(() -> recall("y", control("only-if-cached")))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_REMEMBERED));

        readAll(recall("y", Recall.DEFAULT).generation());
        assertThat(recall("y", control("only-if-cached")).provenance()).isInstanceOf(Remembered.class);
        assertThat(recall("y", control("no-store")).provenance()).isInstanceOf(Remembered.class);
        int before = engine.generations.size();
        readAll(recall("y", control("no-cache")).generation());
        assertThat(engine.generations).hasSize(before + 1);
        now.set(now.get().plusSeconds(10));
        assertThat(recall("y", control("max-age=10")).provenance()).isInstanceOf(Remembered.class);
        readAll(recall("y", control("public, max-age=9")).generation());
        assertThat(engine.generations).hasSize(before + 2);
        assertThat(recall("y", control("max-age=0")).provenance())
                .as("recomputed just now")
                .isInstanceOf(Remembered.class);
        assertThatThrownBy(() -> CacheControl.parse("max-age=soon")).isInstanceOf(TheseusException.class);
    }

    @Test
    void drawnAnswersAreRememberedOnlyWithASeedOrIfAsked() throws Exception {
        GenerationRequest drawn = GenerationRequest.of(
                new int[] {1, 2}, 5, new SamplingParameters(0.8f, 0, 1f, 0f, 1f, 0f, 0f, java.util.Map.of(), 7, -1));
        Recall unseeded = new Recall(CacheControl.DEFAULT, Scope.PRIVATE, false, false, "", "");
        Recall asked = new Recall(CacheControl.DEFAULT, Scope.PRIVATE, true, false, "", "");

        for (int i = 0; i < 2; i++) {
            Recalled recalled = remembering.recall(List.of(drawn), unseeded).getFirst();
            readAll(recalled.generation());
            assertThat(recalled.provenance()).isEqualTo(new Computed(Optional.empty()));
        }
        readAll(remembering.recall(List.of(drawn), asked).getFirst().generation());
        GenerationRequest otherSeed =
                GenerationRequest.of(drawn.prompt(), 5, drawn.sampling().withSeed(8));
        assertThat(remembering.recall(List.of(otherSeed), asked).getFirst().provenance())
                .as("any draw will do")
                .isInstanceOf(Remembered.class);
        List<Recalled> two = remembering.recall(List.of(otherSeed, otherSeed), asked);
        assertThat(two.get(0).provenance()).isInstanceOf(Remembered.class);
        assertThat(two.get(1).provenance()).as("a second draw is another").isInstanceOf(Computed.class);
        two.forEach(answer -> answer.generation().close());

        readAll(remembering.recall(List.of(drawn), Recall.DEFAULT).getFirst().generation());
        assertThat(remembering.recall(List.of(drawn), Recall.DEFAULT).getFirst().provenance())
                .isInstanceOf(Remembered.class);
        assertThat(remembering
                        .recall(List.of(otherSeed), Recall.DEFAULT)
                        .getFirst()
                        .provenance())
                .as("a named seed counts")
                .isInstanceOf(Computed.class);
    }

    @Test
    void cutAndFailedAnswersAreNotRemembered() throws Exception {
        for (FinishReason cut : List.of(FinishReason.CANCELLED, FinishReason.DEADLINE, FinishReason.SHUTDOWN)) {
            engine.reason = cut;
            readAll(recall("cut", Recall.DEFAULT).generation());
        }
        engine.stepwise = true;
        Recalled failing = recall("cut", Recall.DEFAULT);
        engine.generations.getLast().fail(new TheseusException(ErrorCode.NUMERIC_FAULT, "broken"));
        assertThat(readAll(failing.generation()).getLast()).isInstanceOf(GenerationEvent.Failed.class);
        engine.stepwise = false;
        engine.reason = FinishReason.LENGTH;

        assertThat(recall("cut", Recall.DEFAULT).provenance()).isInstanceOf(Computed.class);
    }

    @Test
    void aHundredAtOnceComputeOnceAndAllStreamLive() throws Exception {
        engine.stepwise = true;
        List<Recalled> readers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            readers.add(recall("stream", Recall.DEFAULT));
        }
        assertThat(engine.generations).hasSize(1);
        assertThat(remembering.joins()).isEqualTo(99);
        assertThat(readers.get(50).provenance()).isInstanceOf(Joined.class);
        engine.generations.getFirst().step(3);
        for (Recalled reader : readers) {
            assertThat(reader.generation().next()).isInstanceOf(GenerationEvent.Prefill.class);
            assertThat(reader.generation().next()).isEqualTo(new Token('m', "m", Optional.empty()));
            assertThat(reader.generation().next()).isEqualTo(new Token('a', "a", Optional.empty()));
            assertThat(reader.generation().poll(0)).isNull();
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<GenerationEvent>>> rests = new ArrayList<>();
            for (Recalled reader : readers) {
                rests.add(threads.submit((Callable<List<GenerationEvent>>) () -> readAll(reader.generation())));
            }
            engine.generations.getFirst().step(100);
            for (Future<List<GenerationEvent>> rest : rests) {
                assertThat(AnswerPayload.text(rest.get(10, TimeUnit.SECONDS))).isEqualTo("erts!");
            }
        }
        assertThat(recall("stream", Recall.DEFAULT).provenance()).isInstanceOf(Remembered.class);
    }

    @Test
    void theLeadersGoingAwayHarmsNobodyAndTheLastOneStopsTheWork() throws Exception {
        engine.stepwise = true;
        Recalled leader = recall("leave", Recall.DEFAULT);
        Recalled follower = recall("leave", Recall.DEFAULT);
        StepEngine.Running running = engine.generations.getFirst();
        running.step(2);
        leader.generation().cancel();
        assertThat(leader.generation().next())
                .isInstanceOfSatisfying(
                        Finished.class, end -> assertThat(end.reason()).isEqualTo(FinishReason.CANCELLED));
        assertThat(running.cancelled.getCount()).isEqualTo(1);
        running.step(100);
        assertThat(AnswerPayload.text(readAll(follower.generation()))).isEqualTo("evael!");

        Recalled one = recall("all leave", Recall.DEFAULT);
        Recalled two = recall("all leave", Recall.DEFAULT);
        one.generation().close();
        two.generation().close();
        assertThat(engine.generations.getLast().cancelled.await(5, TimeUnit.SECONDS))
                .isTrue();
        Recalled three = recall("all leave", Recall.DEFAULT);
        assertThat(three.provenance()).isInstanceOf(Computed.class);
        assertThat(engine.generations).hasSize(3);
    }

    @Test
    void eachReaderHasItsOwnDeadline() throws Exception {
        engine.stepwise = true;
        GenerationRequest hurried = new GenerationRequest(
                request("slow").prompt(),
                50,
                SamplingParameters.GREEDY,
                List.of(),
                Set.of(),
                false,
                false,
                Optional.of(Duration.ofMillis(30)));
        Recalled first = remembering.recall(List.of(hurried), Recall.DEFAULT).getFirst();
        Recalled second = recall("slow", Recall.DEFAULT);

        assertThat(first.generation().next())
                .isInstanceOfSatisfying(
                        Finished.class, end -> assertThat(end.reason()).isEqualTo(FinishReason.DEADLINE));
        engine.generations.getFirst().step(100);
        assertThat(AnswerPayload.text(readAll(second.generation()))).isEqualTo("wols!");
        assertThat(engine.generations).hasSize(1);
    }

    @Test
    void severalChoicesAreEachRememberedAndRefusedTogether() throws Exception {
        List<GenerationRequest> three = List.of(request("a"), request("a"), request("b"));
        List<Recalled> answers = remembering.recall(three, Recall.DEFAULT);
        for (Recalled answer : answers) {
            readAll(answer.generation());
        }
        assertThat(engine.generations).hasSize(2);
        assertThat(remembering.recall(three, Recall.DEFAULT))
                .allSatisfy(answer -> assertThat(answer.provenance()).isInstanceOf(Remembered.class));

        engine.refusal = TheseusException.busy("full", Duration.ofSeconds(1));
        assertThatThrownBy(() -> remembering.recall(List.of(request("a"), request("c")), Recall.DEFAULT))
                .hasMessage("full");
        engine.refusal = null;
        readAll(recall("c", Recall.DEFAULT).generation());
        assertThat(recall("c", Recall.DEFAULT).provenance()).isInstanceOf(Remembered.class);
    }

    @Test
    void aSaltKeepsCallersApart() throws Exception {
        readAll(recall("salted", new Recall(CacheControl.DEFAULT, Scope.PRIVATE, false, true, "alice", ""))
                .generation());
        assertThat(recall("salted", new Recall(CacheControl.DEFAULT, Scope.PRIVATE, false, true, "bob", ""))
                        .provenance())
                .isInstanceOf(Computed.class);
    }

    @Test
    void withoutAMemoryEverythingIsComputed() throws Exception {
        RememberingEngine forgetful = RememberingEngine.forgetful(engine);
        for (int i = 0; i < 2; i++) {
            readAll(forgetful
                    .recall(List.of(request("z")), Recall.DEFAULT)
                    .getFirst()
                    .generation());
        }
        assertThat(engine.generations).hasSize(2);
        assertThatThrownBy(() -> forgetful.recall(List.of(request("z")), control("only-if-cached")))
                .isInstanceOf(TheseusException.class);
    }
}

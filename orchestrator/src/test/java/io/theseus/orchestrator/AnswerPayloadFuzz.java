package io.theseus.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import io.theseus.engine.sampler.SamplingParameters.TokenLogprob;
import io.theseus.engine.scheduler.FinishReason;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationEvent.Finished;
import io.theseus.engine.scheduler.GenerationEvent.Token;
import io.theseus.engine.scheduler.GenerationEvent.Usage;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Bytes that are no answer are refused, never believed and never anything worse. */
class AnswerPayloadFuzz {
    private static final List<GenerationEvent> EVENTS = List.of(
            new Token(5, "Pa", Optional.empty()),
            new Token(
                    6,
                    "ris é😀",
                    Optional.of(new Logprobs(-0.25, List.of(new TokenLogprob(6, -0.25), new TokenLogprob(9, -2))))),
            new Finished(FinishReason.LENGTH, ".", new Usage(7, 3, 2, 1, 2, 3)));

    @Test
    void anAnswerComesBackAsItWas() {
        List<GenerationEvent> read = AnswerPayload.read(AnswerPayload.write(EVENTS));
        assertThat(read.subList(0, 2)).isEqualTo(EVENTS.subList(0, 2));
        assertThat(read.getLast()).isEqualTo(new Finished(FinishReason.LENGTH, ".", new Usage(7, 7, 2, 0, 0, 0)));
        assertThat(AnswerPayload.textOf(AnswerPayload.write(EVENTS))).isEqualTo("Paris é😀.");
    }

    @Test
    void mutationsAreReadOrRefused() {
        SplittableRandom random = new SplittableRandom(11);
        byte[] whole = AnswerPayload.write(EVENTS);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = java.util.Arrays.copyOf(whole, random.nextInt(whole.length + 8));
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            read(bytes);
        }
    }

    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] bytes) {
        read(bytes);
    }

    private static void read(byte[] bytes) {
        try {
            AnswerPayload.read(bytes);
        } catch (TheseusException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.BAD_INPUT);
        }
    }
}

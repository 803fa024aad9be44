package io.theseus.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.Scope;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.CacheBounds;
import io.theseus.cache.semantic.ErrorBound;
import io.theseus.concept.Concepts;
import io.theseus.core.Digest;
import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.engine.model.ModelOptions.Kernel;
import io.theseus.engine.sampler.SamplingParameters;
import io.theseus.engine.scheduler.GenerationEvent;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.orchestrator.meaning.MeaningLayer;
import io.theseus.orchestrator.meaning.Meanings;
import io.theseus.proof.NodeKey;
import io.theseus.testkit.Golden;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers by meaning with the real encoder and the real guard, in front of a scripted engine. */
@Timeout(60)
class MeaningRecallTest {
    private static final String QUESTION = "What is the capital of France?";
    private static final String ALONE = "Question: ";
    private static final String PARAPHRASE = "What's the capital of France?";

    @TempDir
    Path home;

    private TextEmbedder embedder;
    private AnswerCache cache;
    private Meanings meanings;
    private RememberingEngine remembering;

    @BeforeEach
    void open() throws Exception {
        embedder = TextEmbedder.load(Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf"), 1, Kernel.AUTO);
        cache = AnswerCache.open(
                home,
                CacheBounds.DEFAULT,
                NodeKey.of(home),
                InstantSource.fixed(Instant.parse("2026-03-04T05:06:07Z")));
        remember();
    }

    /** As a node does when it starts. */
    private void remember() {
        // With this seed the sixth servable answer is the first to be checked.
        meanings = new Meanings(
                () -> MeaningLayer.open(embedder, new Concepts(), cache, ErrorBound.DEFAULT, new SplittableRandom(9)),
                true);
        remembering = engine("m");
    }

    private RememberingEngine engine(String model) {
        return new RememberingEngine(
                new StepEngine(),
                Optional.of(new Memory(
                        cache, ModelIdentity.of(Digest.ofText(model)), "model", "e 1", Optional.of(meanings))));
    }

    @AfterEach
    void close() {
        if (cache != null) {
            cache.close();
        }
        if (embedder != null) {
            embedder.close();
        }
    }

    private static GenerationRequest request(String prompt) {
        return GenerationRequest.of(new ByteTokenizer().encode(prompt, false), 400, SamplingParameters.GREEDY);
    }

    /** Asks after {@code before}, and gives the answer's text and where it is from. */
    private Recalled ask(String before, String text, CacheControl control) throws InterruptedException {
        Recall recall = new Recall(control, Scope.PRIVATE, false, true, "", text)
                .byMeaning(new Question(text, request(before)));
        Recalled answer =
                remembering.recall(List.of(request(before + text)), recall).getFirst();
        GenerationEvent event;
        do {
            event = answer.generation().next();
        } while (!(event instanceof GenerationEvent.Finished));
        return answer;
    }

    private Provenance ask(String text) throws InterruptedException {
        return ask(ALONE, text, CacheControl.DEFAULT).provenance();
    }

    private void awaitQuestions(long count) throws InterruptedException {
        MeaningLayer layer = meanings.soon().orElseThrow();
        Awaitility.await().until(() -> layer.counts().questions() == count);
    }

    @Test
    void aParaphraseIsServedWithItsLabelAndOnlyOnce() throws Exception {
        Provenance first = ask(QUESTION);
        assertThat(first.layer()).isEqualTo("compute");
        awaitQuestions(1);

        assertThat(ask(PARAPHRASE)).isInstanceOfSatisfying(Provenance.Meant.class, meant -> {
            assertThat(meant.layer()).isEqualTo("meaning");
            assertThat(meant.cosine()).isBetween(0.92, 1.0);
            assertThat(meant.key()).isEqualTo(first.key());
        });
        // It never becomes an exact entry of the new prompt, and the exact one is as it was.
        assertThat(cache.keys()).containsExactly(first.key().orElseThrow());
        assertThat(ask(QUESTION).layer()).isEqualTo("answer");
        assertThat(meanings.soon().orElseThrow().counts().questions()).isEqualTo(1);
    }

    @Test
    void whatOnlyLooksAlikeIsComputed() throws Exception {
        ask(QUESTION);
        awaitQuestions(1);
        for (String other : List.of(
                "What is the capital of Germany?",
                "What is not the capital of France?",
                "What was the capital of France?",
                "What is the capital of France? Answer in Spanish.")) {
            assertThat(ask(other).layer()).as(other).isEqualTo("compute");
        }
    }

    @Test
    void nothingCrossesConversationsOrRequestsThatDoNotWantIt() throws Exception {
        ask(QUESTION);
        awaitQuestions(1);
        assertThat(ask("You are a pirate. ", PARAPHRASE, CacheControl.DEFAULT)
                        .provenance()
                        .layer())
                .isEqualTo("compute");
        Recall exact = new Recall(CacheControl.DEFAULT, Scope.PRIVATE, false, true, "", PARAPHRASE);
        Recalled answer =
                remembering.recall(List.of(request(ALONE + PARAPHRASE)), exact).getFirst();
        assertThat(answer.provenance().layer()).isEqualTo("compute");
        answer.generation().close();
        assertThat(ask(ALONE, PARAPHRASE + " ", CacheControl.parse("no-cache"))
                        .provenance()
                        .layer())
                .isEqualTo("compute");
    }

    @Test
    void nothingCrossesModels() throws Exception {
        ask(QUESTION);
        awaitQuestions(1);
        remembering = engine("another");
        assertThat(ask(PARAPHRASE).layer()).isEqualTo("compute");
        awaitQuestions(2);
        remembering = engine("m");
        assertThat(ask(PARAPHRASE).layer()).isEqualTo("meaning");
    }

    @Test
    void questionsSurviveARestartAndGoWithTheirAnswers() throws Exception {
        Digest key = ask(QUESTION).key().orElseThrow();
        awaitQuestions(1);
        Awaitility.await().until(() -> cache.questions().size() == 1);
        remember();
        assertThat(ask(PARAPHRASE).layer()).isEqualTo("meaning");

        assertThat(cache.delete(key)).isTrue();
        assertThat(cache.questions()).isEmpty();
        assertThat(ask(PARAPHRASE).layer()).isEqualTo("compute");
    }

    @Test
    void checksThatComeOutWrongEndTheServing() throws Exception {
        MeaningLayer layer = meanings.soon().orElseThrow();
        List<String> countries = List.of(
                "France",
                "Germany",
                "Italy",
                "Spain",
                "Portugal",
                "Norway",
                "Sweden",
                "Finland",
                "Poland",
                "Austria",
                "Greece",
                "Turkey",
                "Egypt",
                "Kenya",
                "India",
                "China",
                "Japan",
                "Brazil",
                "Chile",
                "Peru",
                "Canada");
        int questions = 0;
        // The scripted engine spells the prompt backwards: no two questions have the same answer.
        for (String country : countries) {
            questions += ask("What is the capital of " + country + "?").layer().equals("compute") ? 1 : 0;
            awaitQuestions(questions);
            questions += ask("What's the capital of " + country + "?").layer().equals("compute") ? 1 : 0;
            awaitQuestions(questions);
        }
        assertThat(layer.counts().served()).as(layer.counts().toString()).isPositive();
        assertThat(layer.counts().wrong()).isPositive();
        ask("What is the capital of Iceland?");
        awaitQuestions(questions + 1);
        assertThat(ask("What's the capital of Iceland?").layer()).isEqualTo("compute");
    }
}

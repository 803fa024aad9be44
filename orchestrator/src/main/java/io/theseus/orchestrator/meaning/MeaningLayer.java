package io.theseus.orchestrator.meaning;

import io.theseus.cache.CachedAnswer;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.semantic.CheckedOutcome;
import io.theseus.cache.semantic.ErrorBound;
import io.theseus.cache.semantic.RememberedOutcome;
import io.theseus.cache.semantic.RememberedQuestion;
import io.theseus.cache.semantic.SemanticIndex;
import io.theseus.cache.semantic.SemanticIndex.Neighbour;
import io.theseus.cache.semantic.ServeDecision;
import io.theseus.cache.semantic.ServeRule;
import io.theseus.concept.ConceptGraph;
import io.theseus.concept.Concepts;
import io.theseus.concept.MeaningRule;
import io.theseus.core.Digest;
import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.engine.embedding.TextEmbedder.Reading;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Layer 1b: near questions by their embeddings, the same meaning by their concept graphs, and the user's error bound. Safe for use by
 * many threads.
 */
public final class MeaningLayer {
    /** Neighbours that are looked at. */
    private static final int CANDIDATES = 4;

    /** Questions kept in memory: 190 MB with embeddings of 384 numbers. */
    private static final int MOST_QUESTIONS = 100_000;

    private final TextEmbedder embedder;
    private final Digest encoder;
    private final Concepts concepts;
    private final AnswerCache cache;
    private final SemanticIndex<Digest> index;
    private final Map<Digest, String> texts = new ConcurrentHashMap<>();
    private final ServeRule<Digest> rule;
    private final LongAdder served = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder wrong = new LongAdder();

    private MeaningLayer(
            TextEmbedder embedder, Concepts concepts, AnswerCache cache, ErrorBound bound, SplittableRandom random) {
        this.embedder = embedder;
        this.encoder = Digest.of(embedder.root());
        this.concepts = concepts;
        this.cache = cache;
        this.index = new SemanticIndex<>(embedder.dimensions());
        this.rule = new ServeRule<>(bound, random);
    }

    /**
     * The layer with what {@code cache} remembers of questions and checks. Questions embedded by another encoder are embedded anew.
     *
     * @param random decides which answers are checked
     */
    public static MeaningLayer open(
            TextEmbedder embedder, Concepts concepts, AnswerCache cache, ErrorBound bound, SplittableRandom random)
            throws InterruptedException {
        MeaningLayer layer = new MeaningLayer(embedder, concepts, cache, bound, random);
        Calibration.read().forEach(known -> layer.rule.know(known.cosine(), known.right(), known.count()));
        for (RememberedQuestion question : cache.questions()) {
            boolean ours =
                    question.encoder().equals(layer.encoder) && question.embedding().length == embedder.dimensions();
            layer.add(ours ? question : layer.embedded(question.key(), question.context(), question.text()), !ours);
        }
        for (RememberedOutcome outcome : cache.outcomes()) {
            layer.rule.observe(outcome.key(), outcome.outcome());
            layer.wrong.add(outcome.outcome().right() ? 0 : 1);
        }
        return layer;
    }

    private RememberedQuestion embedded(Digest key, Digest context, String text) {
        return new RememberedQuestion(key, context, text, encoder, embedder.embed(text));
    }

    /**
     * Looks for the answer to a question of the same meaning.
     *
     * @param context everything but {@code text} that the answer depends on
     * @param usable whether a remembered answer will do, by its age
     * @return nothing for a text that the encoder does not see whole
     */
    public Optional<Match> match(Digest context, String text, Predicate<CachedAnswer> usable)
            throws InterruptedException {
        return match(List.of(context), text, usable);
    }

    /**
     * Looks for the answer to a question of the same meaning, where several engines may be asked.
     *
     * @param contexts one for each of them, at least one; the first that has a candidate decides
     */
    public Optional<Match> match(List<Digest> contexts, String text, Predicate<CachedAnswer> usable)
            throws InterruptedException {
        Reading reading = embedder.reading(text);
        if (text.isBlank() || reading.cut()) {
            return Optional.empty();
        }
        float[] embedding = embedder.embedIds(List.of(reading.ids())).getFirst();
        for (Digest context : contexts) {
            Match match = candidate(context, text, embedding, usable);
            if (match != null) {
                return Optional.of(match);
            }
        }
        return Optional.of(new Match.Computes(contexts.getFirst(), text, embedding, Optional.empty()));
    }

    private @Nullable Match candidate(Digest context, String text, float[] embedding, Predicate<CachedAnswer> usable)
            throws InterruptedException {
        @Nullable ConceptGraph graph = null;
        for (Neighbour<Digest> near :
                index.nearest(context.hex(), embedding, MeaningRule.STANDARD.floor(), CANDIDATES)) {
            CachedAnswer answer = cache.find(near.key()).orElse(null);
            String asked = texts.get(near.key());
            if (answer == null || asked == null) {
                forget(near.key());
                continue;
            }
            if (!usable.test(answer)) {
                continue;
            }
            graph = graph == null ? concepts.read(text) : graph;
            if (!same(graph, asked, near.cosine())) {
                refused.increment();
                continue;
            }
            return switch (rule.decide(near.key(), near.cosine())) {
                case ServeDecision.Serve serve -> {
                    served.increment();
                    yield new Match.Serves(answer, near.cosine());
                }
                case ServeDecision.Check check -> computes(context, text, embedding, answer, near, true);
                case ServeDecision.Recompute recompute -> computes(context, text, embedding, answer, near, false);
            };
        }
        return null;
    }

    private static Match computes(
            Digest context,
            String text,
            float[] embedding,
            CachedAnswer answer,
            Neighbour<Digest> near,
            boolean wouldServe) {
        return new Match.Computes(
                context, text, embedding, Optional.of(new Match.Candidate(answer, near.cosine(), wouldServe)));
    }

    private boolean same(ConceptGraph graph, String other, double cosine) {
        return MeaningRule.STANDARD
                .decide(cosine, concepts.compare(graph, concepts.read(other)))
                .same();
    }

    /**
     * Learns from an answer that was computed.
     *
     * @param key of the answer, if it is remembered from now on
     * @param answer its text
     * @param textOf the text of a remembered answer
     */
    public void computed(
            Match.Computes match, Optional<Digest> key, String answer, Function<CachedAnswer, String> textOf) {
        match.candidate().ifPresent(candidate -> {
            boolean right = means(answer, textOf.apply(candidate.answer()));
            CheckedOutcome outcome = new CheckedOutcome(candidate.cosine(), right, candidate.wouldServe());
            Digest source = candidate.answer().info().key();
            rule.observe(source, outcome);
            wrong.add(right ? 0 : 1);
            var unused = cache.outcome(new RememberedOutcome(source, outcome));
        });
        key.ifPresent(own ->
                add(new RememberedQuestion(own, match.context(), match.text(), encoder, match.embedding()), true));
    }

    /** Whether one answer would have done for the other: the same words, or the same meaning as the guard sees it. */
    private boolean means(String a, String b) {
        if (a.strip().equals(b.strip())) {
            return true;
        }
        Reading first = embedder.reading(a);
        Reading second = embedder.reading(b);
        if (first.cut() || second.cut()) {
            return false;
        }
        List<float[]> embeddings = embedder.embedIds(List.of(first.ids(), second.ids()));
        double cosine = 0;
        for (int i = 0; i < embedder.dimensions(); i++) {
            cosine += (double) embeddings.get(0)[i] * embeddings.get(1)[i];
        }
        return same(concepts.read(a), b, cosine);
    }

    private void add(RememberedQuestion question, boolean store) {
        if (index.size() >= MOST_QUESTIONS) {
            return;
        }
        texts.put(question.key(), question.text());
        index.put(question.context().hex(), question.key(), question.embedding());
        if (store) {
            var unused = cache.question(question);
        }
    }

    private void forget(Digest key) {
        index.remove(key);
        texts.remove(key);
        rule.forget(key);
    }

    /** What it did so far. */
    public MeaningCounts counts() {
        return new MeaningCounts(
                index.size(), served.sum(), refused.sum(), rule.checks(), wrong.sum(), rule.restarts());
    }
}

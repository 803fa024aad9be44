package io.theseus.node;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.CacheBounds;
import io.theseus.concept.Concepts;
import io.theseus.core.TheseusException;
import io.theseus.node.config.NodeConfig;
import io.theseus.orchestrator.meaning.MeaningLayer;
import io.theseus.orchestrator.meaning.Meanings;
import io.theseus.proof.NodeKey;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;

/** The remembered answers of a home. */
public final class NodeCache {
    private static final System.Logger LOG = System.getLogger(NodeCache.class.getName());

    private NodeCache() {}

    /** The cache, if the settings want one and it can be used; a node without one is slower, not broken. */
    public static Optional<AnswerCache> open(NodeConfig config, InstantSource clock) throws InterruptedException {
        if (!config.cache().on()) {
            return Optional.empty();
        }
        try {
            return Optional.of(required(config, clock));
        } catch (TheseusException e) {
            LOG.log(System.Logger.Level.WARNING, "nothing will be remembered: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The cache, for those who have come for it.
     *
     * @throws TheseusException why it cannot be used
     */
    public static AnswerCache required(NodeConfig config, InstantSource clock) throws InterruptedException {
        NodeConfig.Cache settings = config.cache();
        CacheBounds bounds =
                new CacheBounds(settings.size(), settings.memory(), settings.timeToLive(), settings.preview());
        return AnswerCache.open(config.home(), bounds, NodeKey.of(config.home()), clock);
    }

    /** What finds remembered answers by meaning, if the node has a cache and an encoder. Only made when somebody wants it. */
    static Optional<Meanings> meanings(
            NodeConfig config, Optional<AnswerCache> cache, Optional<EmbeddingModel> embedding) {
        if (cache.isEmpty() || embedding.isEmpty()) {
            return Optional.empty();
        }
        NodeConfig.Meaning settings = config.meaning();
        Meanings meanings = new Meanings(
                () -> MeaningLayer.open(
                        embedding.get().embedder(),
                        new Concepts(),
                        cache.get(),
                        settings.errorBound(),
                        new SplittableRandom()),
                settings.on());
        if (settings.on()) {
            // The first question should not have to wait for the encoder.
            var unused = meanings.begin();
        }
        return Optional.of(meanings);
    }
}

package io.theseus.node;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.CanonicalBytes;
import io.theseus.core.CanonicalReader;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.model.ModelOptions;
import io.theseus.node.config.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * What loading a model file with these settings came to, remembered so that a question asked before can be answered without loading.
 *
 * @param root of the model
 * @param contextLength most tokens of prompt and answer together
 */
public record ModelFact(Digest root, int contextLength) {
    private static final String DOMAIN = "theseus/model-fact/1";

    /**
     * The name under which it is remembered: a file that was replaced or changed has another one.
     *
     * @throws TheseusException {@code IO_FAILED} if the file cannot be looked at
     */
    public static String name(Path file, NodeConfig.Engine settings) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            ModelOptions options = ModelLoader.options(settings);
            return String.join(
                    "\n",
                    DOMAIN,
                    file.toRealPath().toString(),
                    Long.toString(attributes.size()),
                    attributes.lastModifiedTime().toInstant().toString(),
                    Integer.toString(options.contextLength()),
                    Long.toString(options.kvBytes()));
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** What {@code cache} remembers under {@code name}. */
    public static Optional<ModelFact> find(AnswerCache cache, String name) throws InterruptedException {
        return cache.fact(name).flatMap(ModelFact::read);
    }

    private static Optional<ModelFact> read(byte[] bytes) {
        try {
            CanonicalReader in = new CanonicalReader(DOMAIN, bytes);
            ModelFact fact = new ModelFact(in.digest(), in.integer());
            in.end();
            return Optional.of(fact);
        } catch (TheseusException e) {
            // Whatever it is, the model itself knows better.
            return Optional.empty();
        }
    }

    /** Remembers this under {@code name}. */
    public void keep(AnswerCache cache, String name) throws InterruptedException {
        cache.fact(
                name,
                new CanonicalBytes(DOMAIN).digest(root).integer(contextLength).toBytes());
    }
}

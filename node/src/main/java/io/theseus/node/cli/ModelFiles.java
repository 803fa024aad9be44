package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.LoadedModel;
import io.theseus.node.config.Configuration;
import io.theseus.node.config.NodeConfig;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** From the setting {@code model} to a file. */
final class ModelFiles {
    private ModelFiles() {}

    /**
     * The file of the configured model.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND} if there is none
     */
    static Path locate(Call call, Configuration configuration) throws InterruptedException {
        String model = configuration.config().model();
        try {
            Path path = Path.of(model);
            if (Files.exists(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            // Not a path on this system; it can still be a name.
            call.console().err().flush();
        }
        throw new TheseusException(ErrorCode.MODEL_NOT_FOUND, "no model " + model);
    }

    /** The configured model, ready to answer. */
    static LoadedModel open(Console console, NodeConfig config) throws InterruptedException {
        throw new TheseusException(ErrorCode.MODEL_UNSUPPORTED, "this build cannot run " + config.model() + " yet");
    }
}

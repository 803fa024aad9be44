package io.theseus.node.cli;

import io.theseus.cache.states.DiskStates;
import io.theseus.core.TheseusException;
import io.theseus.node.LoadedModel;
import io.theseus.node.ModelLoader;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.models.ModelFetcher;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** From the setting {@code model} to a file, and to a model in memory. */
final class ModelFiles {
    private static final System.Logger LOG = System.getLogger(ModelFiles.class.getName());
    private static final String ENDING = ".gguf";

    private ModelFiles() {}

    /**
     * The file of the configured model, fetched if it is not here.
     *
     * @throws io.theseus.core.TheseusException if it cannot be had
     */
    static Path locate(Call call, NodeConfig config) throws InterruptedException {
        try (ProgressBar progress = new ProgressBar(call.console(), System::nanoTime)) {
            return new ModelFetcher(config, call.clock()).resolve(config.model(), progress);
        }
    }

    /** The configured model, ready to answer. */
    static LoadedModel open(Call call, NodeConfig config, boolean rooted) throws InterruptedException {
        Path file = locate(call, config);
        Optional<DiskStates> states = rooted ? states(call, config) : Optional.empty();
        try {
            return ModelLoader.load(name(file, config.home()), file, config.engine(), states, rooted);
        } catch (RuntimeException | Error | InterruptedException e) {
            states.ifPresent(DiskStates::close);
            throw e;
        }
    }

    /** Where states of prompts are kept, if the settings want that and it works; a node without is slower, not broken. */
    private static Optional<DiskStates> states(Call call, NodeConfig config) {
        if (!config.states().on()) {
            return Optional.empty();
        }
        try {
            return Optional.of(DiskStates.open(
                    config.home().resolve("states"), config.states().size().bytes(), call.clock(), System::nanoTime));
        } catch (TheseusException e) {
            LOG.log(System.Logger.Level.WARNING, "no states of prompts will be kept: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** What requests call the model in {@code file}: its installed name, or else the file's name without the ending. */
    static String name(Path file, Path home) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (folder != null && home.resolve("models").equals(folder.getParent())) {
            return String.valueOf(folder.getFileName());
        }
        String name = String.valueOf(file.getFileName());
        return name.toLowerCase(Locale.ROOT).endsWith(ENDING)
                ? name.substring(0, name.length() - ENDING.length())
                : name;
    }
}

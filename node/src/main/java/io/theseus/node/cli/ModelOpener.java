package io.theseus.node.cli;

import io.theseus.node.LoadedModel;
import io.theseus.node.config.NodeConfig;
import java.nio.file.Path;
import java.util.Optional;

/** How a command gets the model that answers. */
@FunctionalInterface
interface ModelOpener {
    /** From the files of this machine. */
    ModelOpener FILES = new ModelOpener() {
        @Override
        public LoadedModel open(Call call, NodeConfig config, boolean rooted) throws InterruptedException {
            return ModelFiles.open(call, config, rooted);
        }

        @Override
        public Optional<Path> file(Call call, NodeConfig config) throws InterruptedException {
            return Optional.of(ModelFiles.locate(call, config));
        }
    };

    /**
     * The configured model, fetched if need be, in memory.
     *
     * @param rooted whether answers must name the exact model, see {@link io.theseus.node.ModelLoader#load}
     * @throws io.theseus.core.TheseusException if it cannot be had or run
     */
    LoadedModel open(Call call, NodeConfig config, boolean rooted) throws InterruptedException;

    /** The file it is read from, fetched if need be; empty if it comes from elsewhere. */
    default Optional<Path> file(Call call, NodeConfig config) throws InterruptedException {
        return Optional.empty();
    }
}

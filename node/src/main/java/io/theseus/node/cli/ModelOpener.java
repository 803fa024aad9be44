package io.theseus.node.cli;

import io.theseus.node.LoadedModel;
import io.theseus.node.config.NodeConfig;

/** How a command gets the model that answers. */
@FunctionalInterface
interface ModelOpener {
    /**
     * The configured model, fetched if need be, in memory.
     *
     * @param rooted whether answers must name the exact model, see {@link io.theseus.node.ModelLoader#load}
     * @throws io.theseus.core.TheseusException if it cannot be had or run
     */
    LoadedModel open(Call call, NodeConfig config, boolean rooted) throws InterruptedException;
}

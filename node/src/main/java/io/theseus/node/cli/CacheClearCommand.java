package io.theseus.node.cli;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.node.NodeCache;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cache clear}: forgets. */
@CommandLine.Command(
        description = "Forget every remembered answer, except those that are pinned.",
        sortOptions = false,
        footer = {"", "Examples", "  theseus cache clear", "  theseus cache clear --pinned"})
final class CacheClearCommand implements CacheCommand {
    @Option(names = "--pinned", description = "Forget pinned answers as well.")
    boolean pinned;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        try (AnswerCache cache = NodeCache.required(call.configuration().config(), call.clock())) {
            call.console().out().println("forgot " + cache.clear(pinned) + " answers");
            return 0;
        }
    }
}

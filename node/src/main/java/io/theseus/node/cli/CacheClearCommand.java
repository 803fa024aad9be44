package io.theseus.node.cli;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.node.NodeCache;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cache clear}: forgets. */
@CommandLine.Command(
        description = "Forget every remembered answer, except those that are pinned; or states of prompts on disk.",
        sortOptions = false,
        footer = {
            "",
            "Examples",
            "  theseus cache clear",
            "  theseus cache clear --pinned",
            "  theseus cache clear --states"
        })
final class CacheClearCommand implements CacheCommand {
    @Option(names = "--pinned", description = "Forget what is pinned as well.")
    boolean pinned;

    @Option(names = "--states", description = "Forget states of prompts, and no answer.")
    boolean states;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        if (states) {
            int blocks = new StatesOnDisk(call.configuration().config().home()).clear(pinned);
            call.console().out().println("forgot " + blocks + " blocks of state");
            return 0;
        }
        try (AnswerCache cache = NodeCache.required(call.configuration().config(), call.clock())) {
            call.console().out().println("forgot " + cache.clear(pinned) + " answers");
            return 0;
        }
    }
}

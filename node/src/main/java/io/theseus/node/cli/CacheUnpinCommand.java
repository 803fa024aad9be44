package io.theseus.node.cli;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.Digest;
import io.theseus.node.NodeCache;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cache unpin}. */
@CommandLine.Command(
        description = "Let pinned answers expire and be evicted again.",
        sortOptions = false,
        footer = {"", "Examples", "  theseus cache unpin 442cd1d71b78"})
final class CacheUnpinCommand implements CacheCommand {
    @Parameters(paramLabel = "KEY", arity = "1..*", description = "Keys, or their first digits (4 or more).")
    List<String> keys = new ArrayList<>();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        try (AnswerCache cache = NodeCache.required(call.configuration().config(), call.clock())) {
            for (String prefix : keys) {
                Digest key = cache.resolve(prefix);
                cache.pin(key, false);
                call.console().out().println("unpinned " + key.hex());
            }
            return 0;
        }
    }
}

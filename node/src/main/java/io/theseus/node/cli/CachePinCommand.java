package io.theseus.node.cli;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.Digest;
import io.theseus.node.NodeCache;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cache pin}. */
@CommandLine.Command(
        description = "Keep remembered answers: pinned ones neither expire nor are evicted.",
        sortOptions = false,
        footer = {"", "Examples", "  theseus cache pin 442cd1d71b78"})
final class CachePinCommand implements CacheCommand {
    @Parameters(paramLabel = "KEY", arity = "1..*", description = "Keys, or their first digits (4 or more).")
    List<String> keys = new ArrayList<>();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        try (AnswerCache cache = NodeCache.required(call.configuration().config(), call.clock())) {
            for (String prefix : keys) {
                Digest key = cache.resolve(prefix);
                cache.pin(key, true);
                call.console().out().println("pinned " + key.hex());
            }
            return 0;
        }
    }
}

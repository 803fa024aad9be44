package io.theseus.node.cli;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.NodeCache;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cache rm}. */
@CommandLine.Command(
        description = "Delete remembered answers, by key or all of a model.",
        sortOptions = false,
        footer = {
            "",
            "Examples",
            "  theseus cache rm 442cd1d71b78 9a0f",
            "  theseus cache rm --model SmolLM2-135M-Instruct"
        })
final class CacheRmCommand implements CacheCommand {
    @Parameters(paramLabel = "KEY", arity = "0..*", description = "Keys, or their first digits (4 or more).")
    List<String> keys = new ArrayList<>();

    @Option(names = "--model", paramLabel = "NAME", description = "Delete all answers of this model (name or root).")
    @Nullable
    String model;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        try (AnswerCache cache = NodeCache.required(call.configuration().config(), call.clock())) {
            if (model != null) {
                call.console().out().println("removed " + cache.deleteModel(model) + " answers of " + model);
            } else if (keys.isEmpty()) {
                throw new TheseusException(ErrorCode.BAD_INPUT, "nothing to delete; give keys, or --model NAME");
            }
            for (String prefix : keys) {
                Digest key = cache.resolve(prefix);
                cache.delete(key);
                call.console().out().println("removed " + key.hex());
            }
            return 0;
        }
    }
}

package io.theseus.node.cli;

import io.theseus.cache.policy.Trace;
import io.theseus.cache.policy.TraceReplay;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code bench cache}: what the policy for prefix states saves on recorded traffic. */
@CommandLine.Command(
        description = "Replay recorded traffic against the policy that decides which prefix states to keep.",
        sortOptions = false,
        footer = {
            "",
            "A trace is JSON Lines, plain or gzip: {\"timestamp\": ms, \"input_length\": tokens, \"hash_ids\": [...]},",
            "where an id stands for a block of 512 tokens and all before it. Time is the trace's own. Printed are the",
            "shares of prompt tokens that need not be computed: by our policy, by LRU, and by no policy at all could",
            "be more, even one that knows what comes (Belady's rule with bypass).",
            "",
            "Example",
            "  theseus bench cache --trace conversation.jsonl.gz --capacity-tokens 10000000 --json"
        })
final class BenchCacheCommand implements Command {
    @Option(names = "--trace", paramLabel = "FILE", required = true, description = "The recorded traffic.")
    String trace = "";

    @Option(
            names = "--capacity-tokens",
            paramLabel = "N",
            required = true,
            description = "Room for state, in tokens; every block takes a whole one's.")
    long capacity;

    @Option(names = "--block-tokens", paramLabel = "B", description = "Tokens of a block. Default: 512.")
    int blockTokens = 512;

    @Option(names = "--json", description = "Print {\"token_hit\", \"lru_token_hit\", \"bound_token_hit\", ...}.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) {
        if (capacity < 0) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "--capacity-tokens is " + capacity + ", expected 0 or more");
        }
        if (blockTokens < 1) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "--block-tokens is " + blockTokens + ", expected 1 or more");
        }
        Trace requests = TraceFile.read(trace, blockTokens);
        TraceReplay replay = new TraceReplay(requests, capacity);
        long start = System.nanoTime();
        double ours = replay.learned();
        double seconds = (System.nanoTime() - start) / 1e9;
        double recent = replay.leastRecentlyUsed();
        double bound = replay.bound();
        if (json) {
            JsonText text = new JsonText();
            ObjectNode page = text.object();
            page.put("token_hit", ours);
            page.put("lru_token_hit", recent);
            page.put("bound_token_hit", bound);
            page.put("capacity_tokens", capacity);
            page.put("capacity_blocks", replay.blocks());
            page.put("requests", requests.requests().size());
            page.put("policy_seconds", seconds);
            call.console().out().println(text.line(page));
        } else {
            call.console()
                    .out()
                    .printf(
                            Locale.ROOT,
                            "%,d requests, room for %,d blocks of %d tokens%n"
                                    + "prompt tokens saved: %.2f %% (LRU %.2f %%, no policy more than %.2f %%)%n",
                            requests.requests().size(),
                            replay.blocks(),
                            blockTokens,
                            100 * ours,
                            100 * recent,
                            100 * bound);
        }
        return 0;
    }
}

package io.theseus.node.cli;

import io.theseus.cache.AnswerInfo;
import io.theseus.cache.CachedAnswer;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.AnswerJson;
import io.theseus.node.NodeCache;
import io.theseus.proof.CacheProof.Verdict;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cache show}: one answer with the evidence for it. */
@CommandLine.Command(
        description = "Show a remembered answer, its receipt and whether its proof holds.",
        sortOptions = false,
        footer = {"", "Examples", "  theseus cache show 442cd1d71b78", "  theseus cache show 442c --json | jq .proof"})
final class CacheShowCommand implements CacheCommand {
    @Parameters(paramLabel = "KEY", description = "A key, or its first digits (4 or more).")
    String key = "";

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        try (AnswerCache cache = NodeCache.required(call.configuration().config(), call.clock())) {
            Digest full = cache.resolve(key);
            CachedAnswer answer = cache.inspect(full)
                    .orElseThrow(
                            () -> new TheseusException(ErrorCode.BAD_INPUT, "answer " + full + " was just deleted"));
            Verdict verdict = cache.check(answer);
            if (json) {
                call.console().out().println(new JsonText().page(AnswerJson.full(answer, verdict)));
            } else {
                print(call.console(), answer, verdict);
            }
            return verdict == Verdict.REFUSED ? ErrorCode.INTERNAL.exitStatus() : 0;
        }
    }

    private static void print(Console console, CachedAnswer answer, Verdict verdict) {
        AnswerInfo info = answer.info();
        row(console, "key", info.key().hex());
        row(console, "question", info.question());
        row(console, "model", info.model() + " (" + info.modelRoot().hex() + ")");
        row(
                console,
                "engine",
                info.engine() + ", " + answer.receipt().receipt().verification().word());
        row(
                console,
                "computed",
                info.created() + " in " + String.format(Locale.ROOT, "%.2f s", info.computeNanos() / 1e9) + ", "
                        + info.promptTokens() + " + " + info.completionTokens() + " tokens");
        row(
                console,
                "expires",
                info.pinned() ? "never (pinned)" : info.expires().toString());
        row(console, "served", info.hits() + " times, last " + info.lastUsed());
        row(console, "scope", info.scope().word());
        row(console, "signed by", answer.receipt().receipt().node().hex());
        row(
                console,
                "proof",
                switch (verdict) {
                    case VALID -> "valid: " + answer.proof().digest().hex();
                    case EXPIRED ->
                        "genuine, but older than 24 hours: "
                                + answer.proof().digest().hex();
                    case REFUSED -> "REFUSED: these are not the bytes that were signed; it will not be served";
                });
        console.out().println();
        console.out().println(verdict == Verdict.REFUSED ? "(not shown)" : AnswerJson.text(answer));
    }

    private static void row(Console console, String name, String value) {
        console.out().println(String.format(Locale.ROOT, "%-10s %s", name, value));
    }
}

package io.theseus.node.cli;

import io.theseus.cache.AnswerInfo;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.DataSize;
import io.theseus.core.DurationText;
import io.theseus.node.AnswerJson;
import io.theseus.node.NodeCache;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cache list}: the remembered answers. */
@CommandLine.Command(
        description = "List remembered answers, last used first; with words only those that contain them.",
        sortOptions = false,
        footer = {
            "",
            "Words are looked for in the beginnings of question and answer, and in the model's name. A pinned answer",
            "has a * before its key. The first digits of a key are enough for the other commands.",
            "",
            "Examples",
            "  theseus cache list",
            "  theseus cache list capital of france",
            "  theseus cache list --json --limit 1000 | jq -r .key"
        })
final class CacheListCommand implements CacheCommand {
    private static final int QUESTION = 60;

    @Parameters(paramLabel = "WORDS", arity = "0..*", description = "What to look for.")
    List<String> words = new ArrayList<>();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "Most answers to list. Default: 20.")
    int limit = 20;

    @Option(names = "--json", description = "Print one JSON object a line.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        String query = String.join(" ", words);
        try (AnswerCache cache = NodeCache.required(call.configuration().config(), call.clock())) {
            List<AnswerInfo> found = cache.list(query, Math.max(0, limit), 0);
            if (json) {
                JsonText text = new JsonText();
                found.forEach(info -> call.console().out().println(text.line(AnswerJson.info(info))));
                return 0;
            }
            Instant now = call.clock().instant();
            found.forEach(info -> call.console().out().println(line(info, now)));
            long all = cache.count(query);
            if (all > found.size()) {
                call.console().note("(" + found.size() + " of " + all + "; --limit shows more)");
            }
            return 0;
        }
    }

    private static String line(AnswerInfo info, Instant now) {
        String question = info.question();
        if (question.codePointCount(0, question.length()) > QUESTION) {
            question = question.substring(0, question.offsetByCodePoints(0, QUESTION - 1)) + "…";
        }
        return String.format(
                Locale.ROOT,
                "%s%s  %-9s %4d hits %9s  %7.1f s  %s",
                info.pinned() ? "*" : " ",
                info.key().brief(),
                age(Duration.between(info.created(), now)),
                info.hits(),
                new DataSize(info.bytes()).forPeople(),
                info.computeNanos() / 1e9,
                question);
    }

    /** In one unit, as large as it fits. */
    private static String age(Duration age) {
        long minutes = Math.max(0, age.toMinutes());
        Duration rounded = minutes < 1
                ? Duration.ofSeconds(Math.max(0, age.toSeconds()))
                : minutes < 120 ? Duration.ofMinutes(minutes) : Duration.ofHours(minutes / 60);
        return DurationText.format(rounded) + " old";
    }
}

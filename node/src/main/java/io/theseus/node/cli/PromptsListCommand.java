package io.theseus.node.cli;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code prompts list}. */
@CommandLine.Command(
        description = "Show the pinned prompts of a running node.",
        sortOptions = false,
        footer = {"", "Examples", "  theseus prompts", "  theseus prompts list --json | jq -r '.prompts[].id'"})
final class PromptsListCommand implements PromptsCommand {
    private static final int BRIEF = 12;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        try (NodeClient node = new NodeClient(call.configuration().config().http())) {
            JsonNode answer = node.send("GET", "/theseus/v1/prompts", "");
            if (json) {
                call.console().out().println(new JsonText().line(answer));
                return 0;
            }
            for (JsonNode prompt : answer.path("prompts")) {
                call.console()
                        .out()
                        .println(String.format(
                                Locale.ROOT,
                                "%s  %6d tokens  %d of %d blocks on disk  %s",
                                prompt.path("id").asString().substring(0, BRIEF),
                                prompt.path("tokens").asInt(),
                                prompt.path("blocks_on_disk").asInt(),
                                prompt.path("blocks").asInt(),
                                prompt.path("begins").asString().replaceAll("\\s+", " ")));
            }
            if (answer.path("prompts").isEmpty()) {
                call.console().note("no prompt is pinned; `theseus prompts pin` pins one");
            }
            return 0;
        }
    }
}

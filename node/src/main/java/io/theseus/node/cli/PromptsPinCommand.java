package io.theseus.node.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code prompts pin}. */
@CommandLine.Command(
        description = "Keep the state of a system prompt: every conversation that begins with it starts at once.",
        sortOptions = false,
        footer = {
            "",
            "A running `theseus serve` computes it now, stores it, and never forgets it, also after a restart.",
            "",
            "Examples",
            "  theseus prompts pin \"$(cat system-prompt.txt)\"",
            "  theseus prompts pin - < system-prompt.txt",
            "  theseus prompts pin --plain - < beginning-of-a-completion.txt"
        })
final class PromptsPinCommand implements PromptsCommand {
    @Parameters(
            paramLabel = "PROMPT",
            arity = "0..*",
            description = "The system prompt; - or nothing reads standard input.")
    List<String> words = List.of();

    @Option(names = "--plain", description = "Not a system prompt, but how prompts of /v1/completions begin.")
    boolean plain;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        String prompt = new PipedText(call.console()).question(words);
        JsonText text = new JsonText();
        ObjectNode body = text.object().put(plain ? "prompt" : "system", prompt);
        try (NodeClient node = new NodeClient(call.configuration().config().http())) {
            JsonNode pinned = node.send("POST", "/theseus/v1/prompts", text.line(body));
            call.console()
                    .out()
                    .println(
                            json
                                    ? text.line(pinned)
                                    : String.format(
                                            Locale.ROOT,
                                            "pinned %s, %d tokens",
                                            pinned.path("id").asString(),
                                            pinned.path("tokens").asInt()));
            return 0;
        }
    }
}

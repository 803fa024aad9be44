package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code prompts unpin}. */
@CommandLine.Command(
        description = "Let the state of a pinned prompt be forgotten when room is needed.",
        sortOptions = false,
        footer = {"", "Examples", "  theseus prompts unpin 3f2a91c07be1"})
final class PromptsUnpinCommand implements PromptsCommand {
    @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids, or their first digits.")
    List<String> ids = new ArrayList<>();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        try (NodeClient node = new NodeClient(call.configuration().config().http())) {
            for (String id : ids) {
                List<String> matching = new ArrayList<>();
                for (JsonNode prompt :
                        node.send("GET", "/theseus/v1/prompts", "").path("prompts")) {
                    if (prompt.path("id").asString().startsWith(id)) {
                        matching.add(prompt.path("id").asString());
                    }
                }
                if (matching.size() != 1) {
                    throw new TheseusException(
                            ErrorCode.BAD_INPUT,
                            matching.size() + " pinned prompts have an id that begins with \"" + id
                                    + "\"; `theseus prompts` lists them");
                }
                node.send("DELETE", "/theseus/v1/prompts/" + matching.getFirst(), "");
                call.console().out().println("unpinned " + matching.getFirst());
            }
            return 0;
        }
    }
}

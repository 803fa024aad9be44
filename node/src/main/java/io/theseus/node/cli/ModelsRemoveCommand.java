package io.theseus.node.cli;

import io.theseus.node.models.ModelStore;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code models remove}: the file goes, the catalogue still knows it. */
@CommandLine.Command(
        description = "Delete installed models, or what is left of a fetch that was broken off.",
        sortOptions = false,
        footer = {"", "Examples", "  theseus models remove SmolLM2-135M-Instruct"})
final class ModelsRemoveCommand implements Command {
    @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names from `theseus models`.")
    List<String> names = new ArrayList<>();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        ModelStore store = new ModelStore(call.configuration().config().home());
        for (String name : names) {
            store.remove(name);
            call.console().out().println("removed " + name);
        }
        return 0;
    }
}

package io.theseus.node.cli;

import io.theseus.core.DataSize;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.models.Catalogue;
import io.theseus.node.models.CatalogueEntry;
import io.theseus.node.models.InstalledModel;
import io.theseus.node.models.ModelStore;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code models list}: what is here and what could be. */
@CommandLine.Command(
        description = "List the models that are installed, and those that the catalogue knows.",
        sortOptions = false,
        footer = {"", "Examples", "  theseus models", "  theseus models list --json | jq -r '.installed[].name'"})
final class ModelsListCommand implements Command {
    private static final String ROW = "  %-32s %9s  %-14s %s%n";

    @Option(names = "--json", description = "Print {\"installed\", \"partial\", \"available\"} as JSON.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) {
        NodeConfig config = call.configuration().config();
        ModelStore store = new ModelStore(config.home());
        List<InstalledModel> installed = store.list();
        List<String> partial = store.partial();
        List<CatalogueEntry> available = Catalogue.load(config.home()).entries().stream()
                .filter(entry -> installed.stream().noneMatch(model -> same(model.name(), entry.name())))
                .toList();
        if (json) {
            print(call.console(), installed, partial, available);
            return 0;
        }
        Console console = call.console();
        console.out().println("Installed in " + config.home().resolve("models"));
        for (InstalledModel model : installed) {
            String mark = same(model.name(), config.model()) ? "(default)" : "";
            String size = new DataSize(model.bytes()).forPeople();
            console.out()
                    .print(String.format(Locale.ROOT, ROW, model.name(), size, model.licence(), mark)
                            .stripTrailing());
            console.out().println();
        }
        if (installed.isEmpty()) {
            console.out().println("  none; `theseus pull` gets the default one");
        }
        partial.forEach(name -> console.out().println("  " + name + "  (in part; `theseus pull` goes on with it)"));
        if (!available.isEmpty()) {
            console.out().println("In the catalogue");
        }
        for (CatalogueEntry entry : available) {
            String size = entry.bytes().isPresent() ? new DataSize(entry.bytes().getAsLong()).forPeople() : "";
            console.out()
                    .print(String.format(Locale.ROOT, ROW, entry.name(), size, entry.licence(), entry.about())
                            .stripTrailing());
            console.out().println();
        }
        return 0;
    }

    private static boolean same(String a, String b) {
        return a.equalsIgnoreCase(b);
    }

    private static void print(
            Console console, List<InstalledModel> installed, List<String> partial, List<CatalogueEntry> available) {
        JsonText text = new JsonText();
        ObjectNode page = text.object();
        ArrayNode here = page.putArray("installed");
        for (InstalledModel model : installed) {
            here.addObject()
                    .put("name", model.name())
                    .put("file", model.file().toString())
                    .put("bytes", model.bytes())
                    .put("sha256", model.sha256())
                    .put("licence", model.licence())
                    .put("source", model.source());
        }
        ArrayNode parts = page.putArray("partial");
        partial.forEach(parts::add);
        ArrayNode known = page.putArray("available");
        for (CatalogueEntry entry : available) {
            ObjectNode node = known.addObject().put("name", entry.name());
            entry.bytes().ifPresent(bytes -> node.put("bytes", bytes));
            entry.sha256().ifPresent(sum -> node.put("sha256", sum));
            node.put("licence", entry.licence()).put("about", entry.about());
        }
        console.out().println(text.page(page));
    }
}

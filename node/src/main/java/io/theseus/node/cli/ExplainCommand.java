package io.theseus.node.cli;

import io.theseus.concept.ConceptGraph;
import io.theseus.concept.Concepts;
import io.theseus.concept.Node;
import io.theseus.concept.QuestionKind;
import io.theseus.concept.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code explain}: the concept graph of a prompt. */
@CommandLine.Command(
        description = "Show how a prompt is understood: its concept graph.",
        sortOptions = false,
        footer = {
            "",
            "What it asks, its ideas (synonyms and forms under one name), numbers in base units, what is denied, and",
            "what ties them together. Two prompts whose graphs differ never share an answer.",
            "",
            "Examples",
            "  theseus explain \"Is the Eiffel Tower located in Paris?\"",
            "  theseus explain --json \"How do I lose 5 kg in a month?\""
        })
final class ExplainCommand implements Command {
    @Parameters(paramLabel = "PROMPT", arity = "0..*", description = "The prompt; - or nothing reads standard input.")
    List<String> words = List.of();

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) {
        String prompt = new PipedText(call.console()).question(words);
        ConceptGraph graph = new Concepts().read(prompt);
        if (json) {
            JsonText text = new JsonText();
            call.console().out().println(text.page(page(text, graph)));
        } else {
            print(call, graph);
        }
        return 0;
    }

    private static void print(Call call, ConceptGraph graph) {
        line(call, "language", graph.language());
        line(call, "asks", String.join(", ", asks(graph)));
        String label = "ideas";
        for (Node node : graph.nodes()) {
            line(call, label, describe(node));
            label = "";
        }
        label = "relations";
        for (Relation relation : graph.relations()) {
            line(call, label, relation.toString());
            label = "";
        }
        if (!graph.traits().isEmpty()) {
            line(call, "traits", String.join(", ", graph.traits()));
        }
        if (!graph.rest().isEmpty()) {
            line(call, "beyond", "SHA-256 " + graph.rest());
        }
    }

    private static void line(Call call, String label, String text) {
        call.console().out().printf("%-10s %s%n", label, text);
    }

    private static String describe(Node node) {
        List<String> marks = new ArrayList<>();
        marks.add(node.kind().name().toLowerCase(Locale.ROOT));
        if (!node.role().isEmpty()) {
            marks.add(node.role());
        }
        if (node.negated()) {
            marks.add("denied");
        }
        if (node.weight() < 1) {
            marks.add(String.format(Locale.ROOT, "weight %.2f", node.weight()));
        }
        String shown = node.shown().equalsIgnoreCase(node.idea()) ? "" : " \"" + node.shown() + "\"";
        return "[" + node.idea() + "]" + shown + " (" + String.join(", ", marks) + ")";
    }

    private static List<String> asks(ConceptGraph graph) {
        return graph.questions().stream()
                .map(QuestionKind::name)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static ObjectNode page(JsonText text, ConceptGraph graph) {
        ObjectNode page = text.object();
        page.put("language", graph.language());
        ArrayNode asks = page.putArray("asks");
        asks(graph).forEach(asks::add);
        ArrayNode nodes = page.putArray("ideas");
        for (Node node : graph.nodes()) {
            ObjectNode entry = nodes.addObject();
            entry.put("idea", node.idea());
            entry.put("kind", node.kind().name().toLowerCase(Locale.ROOT));
            entry.put("shown", node.shown());
            entry.put("role", node.role());
            entry.put("denied", node.negated());
            entry.put("weight", node.weight());
        }
        ArrayNode relations = page.putArray("relations");
        for (Relation relation : graph.relations()) {
            ObjectNode entry = relations.addObject();
            entry.put("from", relation.from());
            entry.put("link", relation.link());
            entry.put("to", relation.to());
        }
        ArrayNode traits = page.putArray("traits");
        graph.traits().forEach(traits::add);
        ArrayNode canonical = page.putArray("canonical");
        graph.canonical().forEach(canonical::add);
        page.put("beyond", graph.rest());
        return page;
    }
}

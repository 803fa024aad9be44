package io.theseus.concept;

import io.theseus.concept.Difference.Kind;
import io.theseus.concept.lexicon.Lexicon;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares two graphs: ideas are aligned by name, then by spelling; whatever stays alone on a side is a difference, and so is a
 * shared idea that is denied on one side, or that exchanged its role with another.
 */
final class Comparison {
    private static final String QUESTIONED = "negation:question";

    /** Graphs that share less say too little to be compared: "how are you?", "and then?". */
    private static final double LEAST_SHARED = 0.1;

    /** Least weight of words that are light, but not empty: read, start, skill. */
    private static final double LIGHT = 0.25;

    private static final double INSTEAD = 0.3;

    /** Of a word in the place of one that most people would take for it: avoid for stop. */
    private static final double NEAR = 0.35;

    private final Lexicon lexicon;

    Comparison(Lexicon lexicon) {
        this.lexicon = lexicon;
    }

    Agreement compare(ConceptGraph a, ConceptGraph b) {
        List<Difference> found = new ArrayList<>();
        if (!a.language().equals(b.language())) {
            found.add(Difference.decisive(
                    Kind.LANGUAGE, "one is in language " + a.language() + ", the other in " + b.language()));
        }
        if (!a.rest().equals(b.rest())) {
            found.add(Difference.decisive(Kind.LITERAL, "they differ beyond the part that is read closely"));
        }
        Map<String, Node> left = byIdea(a);
        Map<String, Node> right = byIdea(b);
        double shared = sharedIdeas(left, right, negationMoved(a, b), found);
        alone(left, right, found);
        if (shared < LEAST_SHARED) {
            found.add(
                    Difference.decisive(Kind.IDEA, "they share no idea by which they could be told apart from others"));
        }
        Roles.compare(a, b, lexicon, found);
        Questions.compare(a, b, found);
        Traits.compare(a, b, found);
        Persons.compare(a, b, found);
        Repeats.compare(a, b, found);
        found.sort(Comparator.comparingDouble((Difference d) -> -d.cost()).thenComparing(Difference::text));
        return new Agreement(found, shared);
    }

    private static Map<String, Node> byIdea(ConceptGraph graph) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        graph.nodes().forEach(node -> nodes.putIfAbsent(node.idea(), node));
        return nodes;
    }

    private static double sharedIdeas(
            Map<String, Node> left, Map<String, Node> right, boolean moved, List<Difference> found) {
        double shared = 0;
        for (Node node : left.values()) {
            Node other = right.get(node.idea());
            if (other == null) {
                continue;
            }
            shared += Math.min(node.weight(), other.weight());
            if (node.negated() != other.negated() && !moved) {
                found.add(Difference.decisive(Kind.NEGATION, "\"" + node.shown() + "\" is denied in one of them only"));
            }
        }
        return shared;
    }

    /** "Why don't cats swim" and "why do cats not swim" deny the same at another place: one denial each, one in the question. */
    private static boolean negationMoved(ConceptGraph a, ConceptGraph b) {
        boolean questioned = a.traits().contains(QUESTIONED) || b.traits().contains(QUESTIONED);
        return questioned && denies(a) && denies(b);
    }

    private static boolean denies(ConceptGraph graph) {
        boolean placed = graph.traits().contains(QUESTIONED) || graph.traits().contains("negation:clause");
        return placed && graph.nodes().stream().filter(Node::negated).count() == 1;
    }

    private void alone(Map<String, Node> left, Map<String, Node> right, List<Difference> found) {
        List<Node> onlyLeft = new ArrayList<>();
        left.values().stream().filter(node -> !right.containsKey(node.idea())).forEach(onlyLeft::add);
        List<Node> onlyRight = new ArrayList<>();
        right.values().stream().filter(node -> !left.containsKey(node.idea())).forEach(onlyRight::add);
        Spelling.align(onlyLeft, onlyRight, found);
        for (Node node : List.copyOf(onlyLeft)) {
            for (Node other : List.copyOf(onlyRight)) {
                if (lexicon.opposite(node.idea(), other.idea())) {
                    found.add(Difference.decisive(
                            Kind.OPPOSITE, "\"" + node.shown() + "\" and \"" + other.shown() + "\" are opposites"));
                    onlyLeft.remove(node);
                    onlyRight.remove(other);
                }
            }
        }
        near(onlyLeft, onlyRight, found);
        // One light word more is a shade; one light word instead of another (buy, visit) may be another question.
        if (hasLight(onlyLeft) && hasLight(onlyRight)) {
            found.add(new Difference(Kind.IDEA, "each has a word that the other lacks", INSTEAD));
        }
        onlyLeft.forEach(node -> found.add(missing(node)));
        onlyRight.forEach(node -> found.add(missing(node)));
    }

    private record Near(Node node, Node other) {
        /** Tells couples apart whichever side is first. */
        String key() {
            String x = node.idea();
            String y = other.idea();
            return x.compareTo(y) < 0 ? x + " " + y : y + " " + x;
        }
    }

    private void near(List<Node> onlyLeft, List<Node> onlyRight, List<Difference> found) {
        List<Near> couples = new ArrayList<>();
        for (Node node : onlyLeft) {
            for (Node other : onlyRight) {
                boolean words = node.kind() == Node.Kind.IDEA && other.kind() == Node.Kind.IDEA;
                if (words && node.negated() == other.negated() && lexicon.near(node.idea(), other.idea())) {
                    couples.add(new Near(node, other));
                }
            }
        }
        couples.sort(Comparator.comparing(Near::key));
        for (Near couple : couples) {
            Node node = couple.node();
            Node other = couple.other();
            if (onlyLeft.contains(node) && onlyRight.contains(other)) {
                double cost = Math.min(NEAR, Math.max(node.weight(), other.weight()));
                String text = "one says \"" + node.shown() + "\", the other \"" + other.shown() + "\"";
                found.add(new Difference(Kind.IDEA, text, cost));
                onlyLeft.remove(node);
                onlyRight.remove(other);
            }
        }
    }

    private static boolean hasLight(List<Node> nodes) {
        return nodes.stream().anyMatch(node -> node.weight() >= LIGHT && node.weight() < 0.5);
    }

    private static Difference missing(Node node) {
        String text = "\"" + node.shown() + "\" is in one of them only";
        return switch (node.kind()) {
            case QUANTITY ->
                // "What is 1 song" and "what is one song"; "one" itself is mostly an article.
                node.idea().equals("1")
                        ? new Difference(Kind.NUMBER, text, 0.2)
                        : Difference.decisive(Kind.NUMBER, text);
            case ENTITY -> Difference.decisive(Kind.ENTITY, text);
            case LITERAL -> Difference.decisive(Kind.LITERAL, text);
            case ASKED -> new Difference(Kind.QUESTION, text, 0.5);
            case IDEA -> {
                if (node.negated()) {
                    yield Difference.decisive(Kind.NEGATION, "\"not " + node.shown() + "\" is in one of them only");
                }
                yield node.weight() < 0.5
                        ? new Difference(Kind.SHADE, text, node.weight())
                        : new Difference(Kind.IDEA, text, node.weight());
            }
        };
    }
}

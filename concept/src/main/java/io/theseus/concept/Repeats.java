package io.theseus.concept;

import io.theseus.concept.Difference.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares how often two texts name what they share, where that tells them apart: "why do hurt people hurt people" has the ideas of
 * "why do people hurt". Most repetitions say nothing ("human intelligence and animal intelligence").
 */
final class Repeats {
    private static final Set<QuestionKind> OF_MEANING = EnumSet.of(QuestionKind.WHAT, QuestionKind.DEFINITION);

    private static final Set<String> PART_OF = Set.of("in", "about");

    /** Least weight of words that are counted; lighter ones are repeated for the sound. */
    private static final double LEAST = 0.2;

    private Repeats() {}

    static void compare(ConceptGraph a, ConceptGraph b, List<Difference> found) {
        numbers(a, b, found);
        if (!isSimple(a) || !isSimple(b)) {
            return;
        }
        Map<String, Integer> left = counts(a);
        Map<String, Integer> right = counts(b);
        if (!left.keySet().equals(right.keySet())) {
            return;
        }
        twice(a, b, left, right, found);
        twice(b, a, right, left, found);
    }

    private static boolean isSimple(ConceptGraph graph) {
        return !graph.nodes().isEmpty() && graph.nodes().getLast().sentence() == 0;
    }

    private static Map<String, Integer> counts(ConceptGraph graph) {
        Map<String, Integer> counts = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.kind() == Node.Kind.IDEA && node.weight() >= LEAST) {
                counts.merge(node.idea(), 1, Integer::sum);
            }
        }
        return counts;
    }

    /** What {@code graph} says twice and {@code other} once. */
    private static void twice(
            ConceptGraph graph,
            ConceptGraph other,
            Map<String, Integer> counts,
            Map<String, Integer> once,
            List<Difference> found) {
        Set<String> repeated = new TreeSet<>();
        counts.forEach((idea, count) -> {
            if (count > 1 && once.getOrDefault(idea, 0) == 1) {
                repeated.add(idea);
            }
        });
        if (repeated.size() > 1) {
            found.add(Difference.decisive(
                    Kind.ROLE, "only one says more than once \"" + String.join("\" and \"", repeated) + "\""));
        }
        // "What is critical in critical thinking" asks about a part of "what is critical thinking".
        Node first = graph.nodes().getFirst();
        boolean meaning = OF_MEANING.containsAll(graph.questions()) && OF_MEANING.containsAll(other.questions());
        if (meaning && repeated.equals(Set.of(first.idea())) && first.role().isEmpty()) {
            for (Node node : graph.nodes().subList(1, graph.nodes().size())) {
                if (node.idea().equals(first.idea()) && PART_OF.contains(node.tie())) {
                    found.add(Difference.decisive(
                            Kind.ROLE, "only one asks what is \"" + first.shown() + " " + node.phrase() + "\""));
                }
            }
        }
    }

    /** A thing named equally often, but not with the same number behind it: a PlayStation 4 and a PlayStation. */
    private static void numbers(ConceptGraph a, ConceptGraph b, List<Difference> found) {
        Map<String, List<String>> left = numbered(a);
        Map<String, List<String>> right = numbered(b);
        left.forEach((idea, numbers) -> {
            List<String> others = right.getOrDefault(idea, List.of());
            boolean counted = numbers.size() > 1 && others.size() == numbers.size() && !others.equals(numbers);
            if (counted && distinct(numbers).equals(distinct(others))) {
                found.add(Difference.decisive(
                        Kind.NUMBER, "\"" + idea + "\" has a number behind it more often in one of them"));
            }
        });
    }

    private static Set<String> distinct(List<String> numbers) {
        Set<String> distinct = new TreeSet<>(numbers);
        distinct.remove("");
        return distinct;
    }

    /** What stands behind each mention of an idea: a number or nothing, sorted. */
    private static Map<String, List<String>> numbered(ConceptGraph graph) {
        Map<String, List<String>> numbered = new TreeMap<>();
        List<Node> nodes = graph.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).kind() != Node.Kind.QUANTITY) {
                Node next = i + 1 < nodes.size() ? nodes.get(i + 1) : nodes.get(i);
                boolean plain = next.idea().chars().allMatch(Character::isDigit);
                String number = next.kind() == Node.Kind.QUANTITY && plain ? next.idea() : "";
                numbered.computeIfAbsent(nodes.get(i).idea(), idea -> new ArrayList<>())
                        .add(number);
            }
        }
        numbered.values().forEach(numbers -> numbers.sort(null));
        return numbered;
    }
}

package io.theseus.concept;

import io.theseus.concept.Difference.Kind;
import io.theseus.concept.lexicon.Lexicon;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds shared ideas that play other parts: London to Paris and Paris to London, cats afraid of tigers and tigers of cats. */
final class Roles {
    /** More shared ideas than this are compared by neighbours only. */
    private static final int MAX_PAIRS = 64;

    /** Relations that hold in both directions. */
    private static final Set<String> SYMMETRIC =
            Set.of("distance", "far", "difference", "similar", "equal", "relation");

    private Roles() {}

    static void compare(ConceptGraph a, ConceptGraph b, Lexicon lexicon, List<Difference> found) {
        Map<String, Set<String>> left = roles(a);
        Map<String, Set<String>> right = roles(b);
        Map<String, Node> shared = new HashMap<>();
        for (Node node : a.nodes()) {
            if (right.containsKey(node.idea())) {
                shared.putIfAbsent(node.idea(), node);
            }
        }
        List<Node> nodes = shared.values().stream()
                .sorted((x, y) -> x.idea().compareTo(y.idea()))
                .limit(MAX_PAIRS)
                .toList();
        boolean yesNo =
                a.questions().contains(QuestionKind.YES_NO) && b.questions().contains(QuestionKind.YES_NO);
        boolean symmetric = SYMMETRIC.stream().anyMatch(idea -> shared.containsKey(idea));
        for (int i = 0; i < nodes.size(); i++) {
            String x = nodes.get(i).idea();
            Set<String> gone = minus(left.getOrDefault(x, Set.of()), right.getOrDefault(x, Set.of()));
            Set<String> come = minus(right.getOrDefault(x, Set.of()), left.getOrDefault(x, Set.of()));
            for (String was : gone) {
                for (String is : come) {
                    boolean part = yesNo
                            && nodes.get(i).kind() != Node.Kind.QUANTITY
                            && (was.isEmpty() && is.equals("at") || was.equals("at") && is.isEmpty());
                    if (part || lexicon.conflict(was, is)) {
                        found.add(Difference.decisive(
                                Kind.ROLE,
                                "one says \"" + phrase(a, x, was) + "\", the other \"" + phrase(b, x, is) + "\""));
                    }
                }
            }
            for (int j = i + 1; j < nodes.size() && !gone.isEmpty() && !come.isEmpty(); j++) {
                String y = nodes.get(j).idea();
                Set<String> otherGone = minus(left.getOrDefault(y, Set.of()), right.getOrDefault(y, Set.of()));
                Set<String> otherCome = minus(right.getOrDefault(y, Set.of()), left.getOrDefault(y, Set.of()));
                if (!symmetric && meet(gone, otherCome) && meet(come, otherGone)) {
                    found.add(Difference.decisive(
                            Kind.ROLE,
                            "\"" + nodes.get(i).shown() + "\" and \""
                                    + nodes.get(j).shown() + "\" exchange roles"));
                }
            }
        }
        boolean difference =
                a.questions().contains(QuestionKind.DIFFERENCE) && b.questions().contains(QuestionKind.DIFFERENCE);
        if (!difference) {
            reversed(a, b, left, right, found);
        }
    }

    /** How {@code graph} says the idea in that role. */
    private static String phrase(ConceptGraph graph, String idea, String role) {
        return graph.nodes().stream()
                .filter(node -> node.idea().equals(idea) && node.role().equals(role))
                .findFirst()
                .map(Node::phrase)
                .orElse(idea);
    }

    /** The prepositions of each idea, over all its places. */
    private static Map<String, Set<String>> roles(ConceptGraph graph) {
        Map<String, Set<String>> roles = new HashMap<>();
        graph.nodes()
                .forEach(node ->
                        roles.computeIfAbsent(node.idea(), k -> new HashSet<>()).add(node.role()));
        return roles;
    }

    private static Set<String> minus(Set<String> set, Set<String> other) {
        Set<String> left = new HashSet<>(set);
        left.removeAll(other);
        return left;
    }

    private static boolean meet(Set<String> set, Set<String> other) {
        return set.stream().anyMatch(other::contains);
    }

    /** Three shared ideas in one order here and in the reverse order there: who does what to whom is turned round. */
    private static void reversed(
            ConceptGraph a,
            ConceptGraph b,
            Map<String, Set<String>> left,
            Map<String, Set<String>> right,
            List<Difference> found) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < b.nodes().size(); i++) {
            places.putIfAbsent(b.nodes().get(i).idea(), i);
        }
        List<Node> nodes = a.nodes().stream()
                .filter(node -> places.containsKey(node.idea()) && node.weight() >= 0.5)
                .limit(MAX_PAIRS)
                .toList();
        for (int i = 0; i + 2 < nodes.size(); i++) {
            int x = place(places, nodes.get(i));
            int y = place(places, nodes.get(i + 1));
            int z = place(places, nodes.get(i + 2));
            boolean same = true;
            for (int k = i; k < i + 3; k++) {
                String idea = nodes.get(k).idea();
                same &= left.getOrDefault(idea, Set.of()).equals(right.getOrDefault(idea, Set.of()));
            }
            if (same
                    && x > y
                    && y > z
                    && nodes.get(i).sentence() == nodes.get(i + 2).sentence()) {
                found.add(Difference.decisive(
                        Kind.ROLE,
                        "\"" + nodes.get(i).shown() + "\" and \""
                                + nodes.get(i + 2).shown() + "\" change places around \""
                                + nodes.get(i + 1).shown() + "\""));
                return;
            }
        }
    }

    private static int place(Map<String, Integer> places, Node node) {
        Integer place = places.get(node.idea());
        return place == null ? 0 : place;
    }
}

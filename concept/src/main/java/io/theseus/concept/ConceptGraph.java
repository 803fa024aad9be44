package io.theseus.concept;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a text means, as far as rules and a lexicon tell.
 *
 * @param language tag of the text's language, {@code und} if unknown
 * @param questions what its sentences ask
 * @param nodes its ideas in the order of their text, passives turned to actives and possessors behind what they possess
 * @param traits what colours the whole: tense, modality, quantifiers, wanted form; each {@code family:value}
 * @param rest hash of what lies beyond the bounds of the reader, empty if nothing does; compared as it is
 */
public record ConceptGraph(
        String language, Set<QuestionKind> questions, List<Node> nodes, SortedSet<String> traits, String rest) {
    /** Copies its collections. */
    public ConceptGraph {
        questions = questions.isEmpty() ? EnumSet.noneOf(QuestionKind.class) : EnumSet.copyOf(questions);
        nodes = List.copyOf(nodes);
        traits = new TreeSet<>(traits);
    }

    /** The relations between neighbouring ideas, sorted. */
    public List<Relation> relations() {
        SortedSet<Relation> relations = new TreeSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            if (!node.role().isEmpty() && i > 0 && nodes.get(i - 1).sentence() == node.sentence()) {
                relations.add(new Relation(nodes.get(i - 1).idea(), node.role(), node.idea()));
            }
            boolean plain = i > 0
                    && i + 1 < nodes.size()
                    && nodes.get(i + 1).sentence() == nodes.get(i - 1).sentence();
            if (plain
                    && node.role().isEmpty()
                    && node.kind() == Node.Kind.IDEA
                    && nodes.get(i + 1).role().isEmpty()) {
                relations.add(new Relation(
                        nodes.get(i - 1).idea(), node.idea(), nodes.get(i + 1).idea()));
            }
        }
        return List.copyOf(relations);
    }

    /** The ideas by name with their negation, sorted: equal for texts that the lexicon cannot tell apart. */
    public List<String> canonical() {
        List<String> ideas = new ArrayList<>();
        for (Node node : nodes) {
            ideas.add((node.negated() ? "not " : "") + node.idea());
        }
        ideas.sort(null);
        return ideas;
    }
}

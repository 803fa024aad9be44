package io.theseus.concept;

import io.theseus.concept.Difference.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Compares what two texts ask for. */
final class Questions {
    /** Kinds that people use for one another when all else agrees. */
    private static final List<Set<QuestionKind>> NEAR = List.of(
            EnumSet.of(QuestionKind.WHAT, QuestionKind.BEST, QuestionKind.RECOMMEND),
            EnumSet.of(QuestionKind.WHAT, QuestionKind.DEFINITION),
            EnumSet.of(QuestionKind.HOW, QuestionKind.METHOD),
            EnumSet.of(QuestionKind.WHERE, QuestionKind.BEST),
            EnumSet.of(QuestionKind.OPINION, QuestionKind.WHAT));

    private Questions() {}

    static void compare(ConceptGraph a, ConceptGraph b, List<Difference> found) {
        Set<QuestionKind> left = only(a.questions(), b.questions());
        Set<QuestionKind> right = only(b.questions(), a.questions());
        if (left.isEmpty() && right.isEmpty()) {
            return;
        }
        if (left.isEmpty() || right.isEmpty()) {
            Set<QuestionKind> extra = left.isEmpty() ? right : left;
            String also = "only one also asks " + names(extra);
            boolean remark = extra.equals(EnumSet.of(QuestionKind.STATEMENT));
            found.add(remark ? new Difference(Kind.QUESTION, also, 0.3) : Difference.decisive(Kind.QUESTION, also));
            return;
        }
        String text = "one asks " + names(left) + ", the other " + names(right);
        boolean fragment = left.contains(QuestionKind.STATEMENT) || right.contains(QuestionKind.STATEMENT);
        boolean near = left.size() == 1
                && right.size() == 1
                && NEAR.stream().anyMatch(set -> set.containsAll(left) && set.containsAll(right));
        if (near || fragment) {
            found.add(new Difference(Kind.QUESTION, text, near ? 0.1 : 0.3));
        } else {
            found.add(Difference.decisive(Kind.QUESTION, text));
        }
    }

    private static Set<QuestionKind> only(Set<QuestionKind> here, Set<QuestionKind> there) {
        Set<QuestionKind> left = EnumSet.noneOf(QuestionKind.class);
        left.addAll(here);
        left.removeAll(there);
        return left;
    }

    private static String names(Set<QuestionKind> kinds) {
        return String.join(" and ", kinds.stream().map(QuestionKind::asked).toList());
    }
}

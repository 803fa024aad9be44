package io.theseus.concept;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.meaning.MeaningPair;
import io.theseus.testkit.meaning.MeaningPair.Half;
import io.theseus.testkit.meaning.MeaningPairs;
import io.theseus.testkit.meaning.Verdicts;
import java.util.List;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The graph alone on the labelled sets, as if every cosine were 1: what it lets through, nothing else holds back. */
class MeaningSetsTest {
    private final Concepts concepts = new Concepts();

    private boolean serves(MeaningPair pair) {
        Agreement agreement = concepts.compare(concepts.read(pair.a()), concepts.read(pair.b()));
        return MeaningRule.STANDARD.decide(1, agreement).same();
    }

    @ParameterizedTest
    @EnumSource
    void hardNegativesAreToldFromParaphrases(Half half, TestReporter reporter) {
        check("generated", MeaningPairs.generated(), half, reporter);
        check("hand-written", MeaningPairs.handWritten(), half, reporter);
    }

    private void check(String name, List<MeaningPair> pairs, Half half, TestReporter reporter) {
        Verdicts verdicts = Verdicts.of(pairs, half, this::serves);
        reporter.publishEntry(name + ", " + half, verdicts.report());
        assertThat(verdicts.wrong()).as("%s: %s", name, verdicts.report()).isEmpty();
        assertThat(verdicts.recall()).as("%s: %s", name, verdicts.report()).isGreaterThan(0.7);
    }
}

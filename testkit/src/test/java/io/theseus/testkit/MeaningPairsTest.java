package io.theseus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.testkit.meaning.MeaningPair;
import io.theseus.testkit.meaning.MeaningPair.Half;
import io.theseus.testkit.meaning.MeaningPairs;
import io.theseus.testkit.meaning.Verdicts;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MeaningPairsTest {
    @Test
    void thereAreEnoughAndTheyStayTheSame() {
        List<MeaningPair> generated = MeaningPairs.generated();
        assertThat(generated).hasSizeGreaterThan(1_000).isEqualTo(MeaningPairs.generated());
        assertThat(MeaningPairs.handWritten()).hasSizeGreaterThan(150);
        assertThat(generated).noneMatch(pair -> pair.a().equals(pair.b()));
        assertThat(generated).noneMatch(pair -> (pair.a() + pair.b()).contains("{"));
    }

    @Test
    void noTemplateIsInBothHalves() {
        List<MeaningPair> generated = MeaningPairs.generated();
        Set<String> develop = origins(generated, Half.DEVELOP);
        Set<String> report = origins(generated, Half.REPORT);
        assertThat(develop).isNotEmpty().doesNotContainAnyElementsOf(report);
        assertThat(report).hasSizeGreaterThan(70);
    }

    @Test
    void ratesComeWithIntervals() {
        List<MeaningPair> pairs = List.of(
                new MeaningPair("a", "b", true, "wording", "1", Half.REPORT),
                new MeaningPair("c", "d", true, "wording", "2", Half.REPORT),
                new MeaningPair("e", "f", false, "roles", "3", Half.REPORT),
                new MeaningPair("g", "h", false, "roles", "4", Half.DEVELOP));
        Verdicts verdicts = Verdicts.of(pairs, Half.REPORT, pair -> !pair.a().equals("c"));
        assertThat(verdicts.precision()).isEqualTo(0.5);
        assertThat(verdicts.recall()).isEqualTo(0.5);
        assertThat(verdicts.wrong()).containsExactly(pairs.get(2));
        // 1 of 2 by Wilson: statsmodels.stats.proportion.proportion_confint(1, 2, method="wilson")
        assertThat(verdicts.report()).contains("1/2 = 0.5000 [0.0945, 0.9055]").contains("! roles: 1 of 1 served");
    }

    private static Set<String> origins(List<MeaningPair> pairs, Half half) {
        return pairs.stream()
                .filter(pair -> pair.half() == half)
                .map(MeaningPair::origin)
                .collect(Collectors.toSet());
    }
}

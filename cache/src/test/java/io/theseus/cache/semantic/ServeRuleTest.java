package io.theseus.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.cache.semantic.ServeRuleSimulation.World;
import io.theseus.core.TheseusException;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** By simulation, seeded: of what is served no more is wrong than the bound allows, and where it can be kept much is served. */
class ServeRuleTest {
    private static final ErrorBound ONE_PERCENT = new ErrorBound(0.01);
    private static final int REQUESTS = 8000;

    static Stream<Arguments> worlds() {
        return Stream.of(
                world("hardly ever wrong", 0.01, 0.6, (i, entry, s) -> 0.999),
                world("just too wrong", 0.01, 0, (i, entry, s) -> 0.985),
                world("half wrong", 0.01, 0, (i, entry, s) -> 0.5),
                world("right when near", 0.05, 0.05, (i, entry, s) -> 1 / (1 + Math.exp(-200 * (s - 0.94)))),
                world(
                        "a twentieth of the entries always wrong",
                        0.01,
                        0.3,
                        (i, entry, s) -> ServeRuleSimulation.bad(entry, 0.05) ? 0 : 1),
                world("turns bad at once", 0.01, 0.1, (i, entry, s) -> i < REQUESTS / 2 ? 0.9995 : 0.85),
                world("turns bad slowly", 0.02, 0.1, (i, entry, s) -> 0.9995 - 0.06 * i / REQUESTS));
    }

    private static Arguments world(String name, double bound, double leastServed, World world) {
        return Arguments.of(name, bound, leastServed, world);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("worlds")
    void keepsTheBound(String name, double bound, double leastServed, World world) {
        long served = 0;
        long wrong = 0;
        long all = 0;
        for (long seed = 1; seed <= 3; seed++) {
            ServeRuleSimulation run = new ServeRuleSimulation(new ErrorBound(bound), seed).run(REQUESTS, 1000, world);
            served += run.served;
            wrong += run.wrong;
            all += run.all;
        }
        String result = String.format(
                "%s, bound %.3f: served %.3f of all, wrong/served %.4f, wrong/all %.4f",
                name, bound, (double) served / all, (double) wrong / Math.max(1, served), (double) wrong / all);
        System.getLogger(ServeRuleTest.class.getName()).log(System.Logger.Level.INFO, result);
        assertThat(wrong).as(result).isLessThanOrEqualTo((long) (bound * served));
        assertThat((double) served / all).as(result).isGreaterThanOrEqualTo(leastServed);
    }

    @Test
    void nothingIsServedBeforeAnythingIsKnownNorBelowTheFloor() {
        ServeRule<String> rule = new ServeRule<>(ONE_PERCENT, new SplittableRandom(1));
        assertThat(rule.decide("a", 0.999)).isInstanceOf(ServeDecision.Recompute.class);
        rule.know(0.95, true, 100_000);
        assertThat(rule.decide("a", 0.9199).leastRight()).isZero();
        assertThat(rule.decide("a", Double.NaN).leastRight()).isZero();
        assertThat(rule.decide("a", 0.999).leastRight()).isGreaterThan(0.99);
    }

    @Test
    void oneWrongAnswerEndsAnEntryAtThatDistanceAndNotTheOthers() {
        ServeRule<String> rule = new ServeRule<>(ONE_PERCENT, new SplittableRandom(1));
        for (double s = 0.92; s < 1; s += 0.001) {
            rule.know(s, true, 30);
        }
        assertThat(rule.decide("bad", 0.95).leastRight()).isGreaterThan(0.99);
        rule.observe("bad", new CheckedOutcome(0.95, false, true));
        assertThat(rule.decide("bad", 0.95).leastRight()).isLessThan(0.99);
        assertThat(rule.decide("bad", 0.93).leastRight()).isLessThan(0.99);
        assertThat(rule.decide("good", 0.95).leastRight()).isGreaterThan(0.99);
        rule.forget("bad");
        assertThat(rule.decide("bad", 0.95).leastRight()).isGreaterThan(0.99);
    }

    @Test
    void servableCandidatesAreCheckedNowAndThen() {
        ServeRule<Integer> rule = new ServeRule<>(ONE_PERCENT, new SplittableRandom(9));
        for (double s = 0.92; s < 1; s += 0.001) {
            rule.know(s, true, 30);
        }
        int checked = 0;
        for (int i = 0; i < 2000; i++) {
            if (rule.decide(i, 0.97) instanceof ServeDecision.Check) {
                checked++;
                rule.observe(i, new CheckedOutcome(0.97, true, true));
            }
        }
        assertThat(checked).isBetween(90, 240);
    }

    @Test
    void aLabelledPastThatDoesNotHoldHereIsForgotten() {
        ServeRule<Integer> rule = new ServeRule<>(ONE_PERCENT, new SplittableRandom(9));
        for (double s = 0.92; s < 1; s += 0.001) {
            rule.know(s, true, 30);
        }
        rule.observe(1, new CheckedOutcome(0.97, true, true));
        rule.observe(2, new CheckedOutcome(0.97, false, true));
        rule.observe(3, new CheckedOutcome(0.97, false, true));
        assertThat(rule.restarts()).isEqualTo(1);
        assertThat(rule.decide(4, 0.97)).isInstanceOf(ServeDecision.Recompute.class);
    }

    @Test
    void theTailOfTheBinomialIsRight() {
        assertThat(OutcomePool.atLeast(0, 5, 0.3)).isEqualTo(1);
        assertThat(OutcomePool.atLeast(1, 3, 0.5)).isEqualTo(0.875);
        assertThat(OutcomePool.atLeast(3, 3, 0.5)).isEqualTo(0.125);
    }

    @Test
    void boundsThatMakeNoSenseAreRefused() {
        for (double share : new double[] {0, -1, 0.00001, 0.6, Double.NaN}) {
            assertThatThrownBy(() -> new ErrorBound(share)).isInstanceOf(TheseusException.class);
        }
    }
}

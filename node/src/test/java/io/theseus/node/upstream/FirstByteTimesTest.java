package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FirstByteTimesTest {
    @Test
    void saysNothingOfTheSlowestWhileItKnowsFew() {
        FirstByteTimes times = new FirstByteTimes();
        assertThat(times.average()).isZero();
        LongStream.rangeClosed(1, 19).forEach(times::add);
        assertThat(times.p95()).isEmpty();
        times.add(20);
        assertThat(times.p95()).hasValue(19);
    }

    @Test
    void forgetsWhatIsOlderThanAHundredAnswers() {
        FirstByteTimes times = new FirstByteTimes();
        LongStream.range(0, 100).forEach(i -> times.add(1_000_000));
        LongStream.rangeClosed(1, 100).map(i -> 101 - i).forEach(times::add);
        assertThat(times.p95()).hasValue(95);
    }

    @Test
    void itsAverageFollows() {
        FirstByteTimes times = new FirstByteTimes();
        times.add(100);
        assertThat(times.average()).isEqualTo(100);
        LongStream.range(0, 50).forEach(i -> times.add(10));
        assertThat(times.average()).isCloseTo(10, within(0.1));
    }
}

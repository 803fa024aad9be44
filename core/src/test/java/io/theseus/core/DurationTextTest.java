package io.theseus.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({"250ms, 250", "15s, 15000", "2m, 120000", "2 min, 120000", "1H, 3600000", "7d, 604800000", "0, 0"})
    void readsUnitsAndPrintsThemBack(String text, long millis) {
        Duration duration = DurationText.parse(text);
        assertThat(duration.toMillis()).isEqualTo(millis);
        assertThat(DurationText.parse(DurationText.format(duration))).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "15", "-1s", "1.5s", "s", "1 fortnight", "999999999999999d"})
    void refusesWhatIsNotADuration(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(TheseusException.class)
                .hasMessageContaining("is not a duration");
    }
}

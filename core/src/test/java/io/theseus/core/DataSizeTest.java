package io.theseus.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "1B, 1",
        "512MiB, 536870912",
        "512m, 536870912",
        "1.5GB, 1500000000",
        "1.5 GiB, 1610612736",
        "0.999999999TB, 999999999000",
        " 7 kb , 7000",
        "8388607TiB, 9223370937343148032"
    })
    void readsUnits(String text, long bytes) {
        assertThat(DataSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "MiB", "-1", "1.5.5GB", "1e9", "12 parsecs", "9999999999TiB", "1.GB", "999999999999999999GB"
            })
    void refusesWhatIsNotASize(String text) {
        assertThatThrownBy(() -> DataSize.parse(text))
                .isInstanceOf(TheseusException.class)
                .hasMessageContaining("\"" + text + "\" is not a size");
    }

    @Test
    void readsBackWhatItPrints() {
        long seed = 11;
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            DataSize size =
                    new DataSize(random.nextLong() >>> (1 + random.nextInt(62)) << random.nextInt(11) & Long.MAX_VALUE);
            assertThat(DataSize.parse(size.toString())).as("seed %d", seed).isEqualTo(size);
        }
    }

    @Test
    void showsPeopleOneDecimal() {
        assertThat(new DataSize(98_362_432).forPeople()).isEqualTo("93.8 MiB");
        assertThat(new DataSize(1023).forPeople()).isEqualTo("1023 B");
        assertThat(new DataSize(1024 * 1024 - 1).forPeople()).isEqualTo("1.0 MiB");
    }
}

package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.models.FetchEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private static final long MIB = 1L << 20;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long nanos;

    private ProgressBar bar(boolean terminal) {
        return new ProgressBar(
                new Console(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        () -> terminal),
                () -> nanos);
    }

    private void seconds(double seconds) {
        nanos += (long) (seconds * 1e9);
    }

    private List<String> lines() {
        return Arrays.asList(err.toString(StandardCharsets.UTF_8).split("\\R"));
    }

    /** What the last redrawing left on the screen. */
    private String screen() {
        String[] drawn = err.toString(StandardCharsets.UTF_8).split("\r");
        return drawn[drawn.length - 1].stripTrailing();
    }

    private static FetchEvent.Advanced at(long mib) {
        return new FetchEvent.Advanced(mib * MIB, OptionalLong.of(100 * MIB));
    }

    @Test
    void redrawsShareRateAndTimeLeft() {
        ProgressBar bar = bar(true);
        bar.on(at(0));
        assertThat(screen()).isEqualTo("[                    ]   0%  0 B of 100.0 MiB");
        seconds(1);
        bar.on(at(10));
        assertThat(screen()).isEqualTo("[##                  ]  10%  10.0 MiB of 100.0 MiB  10.0 MiB/s  0:09 left");
        for (int mib = 12; mib <= 70; mib += 2) {
            seconds(1);
            bar.on(at(mib));
        }
        // The rate forgets how it began.
        assertThat(screen()).isEqualTo("[##############      ]  70%  70.0 MiB of 100.0 MiB  2.0 MiB/s  0:14 left");
        seconds(0.01);
        bar.on(at(100));
        assertThat(screen()).startsWith("[####################] 100%  100.0 MiB of 100.0 MiB");
        bar.on(new FetchEvent.Installed("m", Path.of("m")));
        bar.close();
        assertThat(screen()).isEqualTo("m is installed");
        assertThat(out.size()).isZero();
    }

    @Test
    void redrawsNoMoreThanTenTimesASecond() {
        ProgressBar bar = bar(true);
        for (int i = 0; i < 1000; i++) {
            bar.on(new FetchEvent.Advanced(i * 1000L, OptionalLong.empty()));
            seconds(0.001);
        }
        assertThat(err.toString(StandardCharsets.UTF_8).split("\r")).hasSizeBetween(8, 12);
    }

    @Test
    void writesALineNowAndThenWhereNobodyLooksOn() {
        ProgressBar bar = bar(false);
        bar.on(new FetchEvent.Asking("m", "https://example.org/m.gguf"));
        for (int mib = 0; mib <= 100; mib += 10) {
            bar.on(at(mib));
            seconds(1);
        }
        bar.on(new FetchEvent.Installed("m", Path.of("m")));
        bar.close();
        assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("\r");
        assertThat(lines()).hasSize(4);
        assertThat(lines().get(0)).isEqualTo("Fetching m from https://example.org/m.gguf");
        assertThat(lines().get(1)).contains("50%  50.0 MiB of 100.0 MiB  10.0 MiB/s  0:05 left");
        assertThat(lines().get(3)).isEqualTo("m is installed");
    }

    @Test
    void saysNothingOfAModelThatIsThere() {
        bar(false).close();
        assertThat(err.size()).isZero();
    }

    @Test
    void tellsOfTrouble() {
        ProgressBar bar = bar(true);
        bar.on(at(50));
        bar.on(new FetchEvent.Retrying("the server has gone silent", Duration.ofSeconds(4)));
        bar.on(new FetchEvent.SourceFailed("https://example.org", "it is gone"));
        bar.on(new FetchEvent.Waiting("m"));
        bar.on(new FetchEvent.Checking(50, 100));
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("\rThe server has gone silent; again in 4s")
                .contains("Not from there: it is gone")
                .contains("Another process is fetching m; waiting");
        bar.close();
    }
}

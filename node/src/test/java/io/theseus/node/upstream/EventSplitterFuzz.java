package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However a stream is cut, its events are those of the whole, as a naive parser of the specification finds them, and no byte is lost or
 * changed. {@code JAZZER_FUZZ=1} searches for more.
 */
class EventSplitterFuzz {
    private static final String[] WORDS = {
        "data",
        ":",
        " ",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\r\n\r\n",
        "\r\r",
        "x",
        "é",
        "data: {}",
        ": c",
        "event: e",
        "\uFEFF",
        "id"
    };

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "", "data: a\n\n", "data: a\r\n\r\ndata:b\r\rdata\n\n", ": c\n\n\n", "data: a\r\n\rdata: b\n\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void splitsAsTheWhole(byte[] stream) {
        check(stream, new Random(stream.length));
    }

    @Test
    void splitsSeededNonsenseAsTheWhole() {
        long seed = 20261121;
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append(WORDS[random.nextInt(WORDS.length)]);
            }
            byte[] stream = text.toString().getBytes(StandardCharsets.UTF_8);
            if (random.nextInt(4) == 0 && stream.length > 0) {
                stream[random.nextInt(stream.length)] = (byte) random.nextInt(256);
            }
            try {
                check(stream, random);
            } catch (Throwable t) {
                throw new AssertionError("seed " + seed + ", round " + round + ": " + Arrays.toString(stream), t);
            }
        }
    }

    private static void check(byte[] stream, Random random) {
        EventSplitter splitter = new EventSplitter(1 << 20);
        List<byte[]> events = new ArrayList<>();
        for (int at = 0; at < stream.length; ) {
            int end = Math.min(stream.length, at + 1 + random.nextInt(7));
            assertThat(splitter.accept(Arrays.copyOfRange(stream, at, end), events::add))
                    .isTrue();
            at = end;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        events.forEach(all::writeBytes);
        assertThat(all.toByteArray()).isEqualTo(Arrays.copyOf(stream, all.size()));
        assertThat(splitter.inside()).isEqualTo(all.size() < stream.length);
        List<String> data = events.stream()
                .map(EventSplitter::data)
                .flatMap(Optional::stream)
                .toList();
        List<String> expected = naive(stream);
        // The last one may wait for the second half of its line's end.
        assertThat(data).isEqualTo(data.size() == expected.size() ? expected : expected.subList(0, data.size()));
        assertThat(expected.size() - data.size())
                .isBetween(0, stream.length > 0 && stream[stream.length - 1] == '\r' ? 1 : 0);
    }

    /** Over the whole text at once. */
    private static List<String> naive(byte[] stream) {
        List<String> found = new ArrayList<>();
        List<String> data = new ArrayList<>();
        String text = new String(stream, StandardCharsets.UTF_8);
        String[] lines = text.split("\r\n|\n|\r", -1);
        // What follows the last line's end is not a line.
        for (String line : Arrays.copyOf(lines, lines.length - 1)) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    found.add(String.join("\n", data));
                }
                data.clear();
            } else if (line.equals("data")) {
                data.add("");
            } else if (line.startsWith("data: ")) {
                data.add(line.substring(6));
            } else if (line.startsWith("data:")) {
                data.add(line.substring(5));
            }
        }
        return found;
    }

    @Test
    void refusesAnEventThatIsTooLong() {
        EventSplitter splitter = new EventSplitter(10);
        List<byte[]> events = new ArrayList<>();
        assertThat(splitter.accept("data: 12\n\n".getBytes(StandardCharsets.UTF_8), events::add))
                .isTrue();
        assertThat(events).hasSize(1);
        assertThat(splitter.accept("data: 123\n\n".getBytes(StandardCharsets.UTF_8), events::add))
                .isFalse();
    }
}

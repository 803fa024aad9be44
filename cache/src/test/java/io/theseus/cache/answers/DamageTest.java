package io.theseus.cache.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.cache.CachedAnswer;
import io.theseus.core.Digest;
import io.theseus.proof.NodeKey;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to its files, the cache serves right answers or none. */
class DamageTest {
    @TempDir
    Path home;

    private final NodeKey key = NodeKey.generate();
    private final TurnableClock clock = new TurnableClock();

    private AnswerCache open() throws InterruptedException {
        return AnswerCache.open(home, Samples.bounds(10 << 20, 1 << 20), key, clock);
    }

    private Path database() {
        return home.resolve("cache").resolve("answers.db");
    }

    private Digest stored(String name, int bytes) throws Exception {
        try (AnswerCache cache = open()) {
            NewAnswer answer = Samples.answer(name, bytes, clock.instant());
            assertThat(cache.put(answer).get()).isTrue();
            return answer.key();
        }
    }

    @Test
    void aDatabaseThatIsNoneIsSetAsideAndANewOneBegun() throws Exception {
        stored("a", 10);
        Files.writeString(
                database(), "this is not a database, whatever its name says, and it is long enough to be read");
        Digest later = stored("b", 10);
        try (AnswerCache cache = open()) {
            assertThat(cache.find(later)).isPresent();
            assertThat(cache.stats().entries()).isEqualTo(1);
        }
        try (Stream<Path> files = Files.list(home.resolve("cache"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("answers.db.damaged-"));
        }
    }

    @Test
    void aNewerProgramsCacheIsLeftAlone() throws Exception {
        stored("a", 10);
        try (FileChannel file = FileChannel.open(database(), StandardOpenOption.WRITE)) {
            // The user version, at byte 60 of the header: https://www.sqlite.org/fileformat.html
            file.write(ByteBuffer.allocate(4).putInt(99).flip(), 60);
        }
        assertThatThrownBy(this::open).hasMessageContaining("newer Theseus");
        assertThat(database()).exists();
    }

    @Test
    void flippedBitsAnywhereInTheDatabaseAreNeverServed() throws Exception {
        List<NewAnswer> answers = new ArrayList<>();
        try (AnswerCache cache = open()) {
            for (int i = 0; i < 20; i++) {
                NewAnswer answer = Samples.answer("f" + i, 500 + 40 * i, clock.instant());
                answers.add(answer);
                cache.put(answer).get();
            }
        }
        byte[] whole = Files.readAllBytes(database());
        SplittableRandom random = new SplittableRandom(17);
        int served = 0;
        for (int round = 0; round < 40; round++) {
            byte[] bent = whole.clone();
            for (int flips = 0; flips < 5; flips++) {
                int at = 100 + random.nextInt(bent.length - 100);
                bent[at] ^= (byte) (1 << random.nextInt(8));
            }
            deleteSideFiles();
            Files.write(database(), bent);
            served += serveAll(answers);
        }
        assertThat(served).as("most of it is whole").isGreaterThan(300);
    }

    private void deleteSideFiles() throws Exception {
        Files.deleteIfExists(database().resolveSibling("answers.db-wal"));
        Files.deleteIfExists(database().resolveSibling("answers.db-shm"));
    }

    private int serveAll(List<NewAnswer> answers) throws Exception {
        int served = 0;
        try (AnswerCache cache = open()) {
            for (NewAnswer answer : answers) {
                Optional<CachedAnswer> found = cache.find(answer.key());
                if (found.isPresent()) {
                    assertThat(found.get().payload()).isEqualTo(answer.payload());
                    served++;
                }
            }
            NewAnswer fresh = Samples.answer("fresh", 100, clock.instant());
            cache.put(fresh).get();
        }
        return served;
    }

    @Test
    void aPayloadFileThatIsGoneOrBentIsAMiss() throws Exception {
        Digest gone = stored("gone", 100_000);
        Digest bent = stored("bent", 100_000);
        List<Path> files = payloads();
        Files.delete(files.get(0));
        byte[] bytes = Files.readAllBytes(files.get(1));
        bytes[77_777] ^= 4;
        Files.write(files.get(1), bytes);
        try (AnswerCache cache = open()) {
            assertThat(cache.find(gone)).isEmpty();
            assertThat(cache.find(bent)).isEmpty();
            assertThat(cache.stats().refusedProofs()).isEqualTo(2);
            assertThat(cache.stats().entries()).isZero();
        }
    }

    @Test
    void orphansAreSweptAtTheStartOnceTheyAreOld() throws Exception {
        Digest kept = stored("kept", 100_000);
        Path folder = home.resolve("cache").resolve("payloads");
        Path orphan = folder.resolve("ab").resolve("ab" + "0".repeat(62));
        Files.createDirectories(orphan.getParent());
        Path part = folder.resolve("new-1.part");
        for (Path file : List.of(orphan, part)) {
            Files.writeString(file, "left over");
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        }
        Files.setLastModifiedTime(payloads().getFirst(), FileTime.from(clock.instant()));
        open().close();
        assertThat(orphan).exists();
        clock.advance(Duration.ofMinutes(11));
        try (AnswerCache cache = open()) {
            assertThat(orphan).doesNotExist();
            assertThat(part).doesNotExist();
            assertThat(cache.find(kept)).isPresent();
        }
    }

    private List<Path> payloads() throws Exception {
        try (Stream<Path> files = Files.walk(home.resolve("cache").resolve("payloads"))) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}"))
                    .sorted()
                    .toList();
        }
    }
}

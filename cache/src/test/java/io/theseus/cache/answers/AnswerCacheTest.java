package io.theseus.cache.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.cache.AnswerInfo;
import io.theseus.cache.CachedAnswer;
import io.theseus.cache.Scope;
import io.theseus.core.Digest;
import io.theseus.core.TheseusException;
import io.theseus.proof.CacheProof.Verdict;
import io.theseus.proof.NodeKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerCacheTest {
    @TempDir
    Path home;

    private final NodeKey key = NodeKey.generate();
    private final TurnableClock clock = new TurnableClock();
    private AnswerCache cache;

    @BeforeEach
    void open() throws Exception {
        cache = AnswerCache.open(home, Samples.bounds(10 << 20, 1 << 20), key, clock);
    }

    @AfterEach
    void close() {
        cache.close();
    }

    private void reopen() throws Exception {
        cache.close();
        open();
    }

    private Digest store(String name, int bytes) throws Exception {
        NewAnswer answer = Samples.answer(name, bytes, clock.instant());
        assertThat(cache.put(answer).get()).isTrue();
        return answer.key();
    }

    @Test
    void whatIsStoredIsThereAfterReopeningSmallAndLarge() throws Exception {
        Digest small = store("small", 1000);
        Digest large = store("large", 200_000);
        reopen();

        for (Digest name : List.of(small, large)) {
            CachedAnswer found = cache.find(name).orElseThrow();
            assertThat(found.check(clock.instant())).isEqualTo(Verdict.VALID);
            assertThat(cache.recent(name)).contains(found);
        }
        assertThat(cache.find(large).orElseThrow().payload())
                .isEqualTo(Samples.answer("large", 200_000, clock.instant()).payload());
        assertThat(cache.find(Digest.ofText("other"))).isEmpty();
        assertThat(files()).hasSize(1);
    }

    @Test
    void expiresAfterItsTimeUnlessPinned() throws Exception {
        Digest plain = store("plain", 10);
        Digest pinned = store("pinned", 10);
        cache.pin(pinned, true);
        clock.advance(Duration.ofHours(24).minusMillis(1));
        assertThat(cache.find(plain)).isPresent();
        clock.advance(Duration.ofMillis(1));

        assertThat(cache.recent(plain)).isEmpty();
        assertThat(cache.find(plain)).isEmpty();
        assertThat(cache.find(pinned)).isPresent();
        reopen();
        assertThat(cache.find(plain)).isEmpty();
        assertThat(cache.find(pinned)).isPresent();
    }

    @Test
    void countsHitsAndWhatTheySaved() throws Exception {
        Digest name = store("hit", 10);
        for (int i = 0; i < 3; i++) {
            cache.hit(cache.find(name).orElseThrow());
        }
        cache.miss();
        AnswerStats stats = cache.stats();
        assertThat(stats.hits()).isEqualTo(3);
        assertThat(stats.misses()).isEqualTo(1);
        assertThat(stats.savedNanos()).isEqualTo(3_000_000_000L);
        assertThat(stats.savedTokens()).isEqualTo(90);
        reopen();
        AnswerInfo info = cache.find(name).orElseThrow().info();
        assertThat(info.hits()).isEqualTo(3);
        assertThat(cache.lifetime()).containsEntry("hits", 3L).containsEntry("saved_tokens", 90L);
    }

    @Test
    void listsAndSearchesInQuestionAnswerModelAndKey() throws Exception {
        Digest apple = store("apple", 10);
        clock.advance(Duration.ofSeconds(1));
        Digest banana = store("banana", 10);

        assertThat(keys(cache.list("", 10, 0))).containsExactly(banana, apple);
        assertThat(keys(cache.list("", 1, 1))).containsExactly(apple);
        assertThat(keys(cache.list("is BANANA", 10, 0))).containsExactly(banana);
        assertThat(keys(cache.list("100%", 10, 0))).hasSize(2);
        assertThat(keys(cache.list("10_%", 10, 0))).isEmpty();
        assertThat(keys(cache.list("sure and_more", 10, 0))).hasSize(2);
        assertThat(keys(cache.list("model-a", 10, 0))).containsExactly(apple);
        assertThat(keys(cache.list(apple.hex().substring(0, 8), 10, 0))).containsExactly(apple);
        assertThat(cache.count("model-")).isEqualTo(2);
        assertThat(cache.resolve(apple.brief())).isEqualTo(apple);
        assertThatThrownBy(() -> cache.resolve("0000000000")).hasMessageContaining("no remembered answer");
        assertThatThrownBy(() -> cache.resolve("xyz")).isInstanceOf(TheseusException.class);
    }

    @Test
    void withoutPreviewsNothingReadableIsKept() throws Exception {
        cache.close();
        CacheBounds silent = new CacheBounds(
                Samples.bounds(10 << 20, 0).size(), Samples.bounds(1, 0).memory(), Duration.ofHours(1), false);
        cache = AnswerCache.open(home, silent, key, clock);
        Digest name = store("secret", 10);

        AnswerInfo info = cache.find(name).orElseThrow().info();
        assertThat(info.question()).isEmpty();
        assertThat(info.answer()).isEmpty();
    }

    @Test
    void deletesOneOfAModelOrAll() throws Exception {
        Digest a = store("a", 100_000);
        Digest b = store("b", 100_000);
        Digest c = store("c", 10);
        cache.pin(c, true);

        assertThat(cache.delete(a)).isTrue();
        assertThat(cache.delete(a)).isFalse();
        assertThat(cache.find(a)).isEmpty();
        assertThat(files()).hasSize(1);
        assertThat(cache.deleteModel("model-b")).isEqualTo(1);
        assertThat(cache.find(b)).isEmpty();
        assertThat(files()).isEmpty();
        assertThat(cache.clear(false)).isZero();
        assertThat(cache.find(c)).isPresent();
        assertThat(cache.deleteModel(Digest.ofText("root").hex())).isEqualTo(1);
        assertThat(cache.find(c)).isEmpty();
        assertThat(cache.stats().entries()).isZero();
        assertThat(cache.stats().bytes()).isZero();
    }

    @Test
    void twoProcessesOnOneHomeSeeEachOthersWork() throws Exception {
        try (AnswerCache other = AnswerCache.open(home, Samples.bounds(10 << 20, 1 << 20), key, clock)) {
            Digest name = store("shared", 10);
            assertThat(other.find(name)).isPresent();
            assertThat(cache.recent(name)).isPresent();

            other.delete(name);

            assertThat(cache.recent(name)).isEmpty();
            assertThat(cache.find(name)).isEmpty();
            cache.scope(store("public", 10), Scope.SWARM);
            assertThat(other.find(Digest.ofText("public")).orElseThrow().info().scope())
                    .isEqualTo(Scope.SWARM);
        }
    }

    @Test
    void anExportIsTakenBackAndAStrangersOnlyOnHisWord() throws Exception {
        Digest name = store("travels", 70_000);
        byte[] bytes = cache.inspect(name).orElseThrow().toBytes();
        cache.delete(name);
        CachedAnswer read = CachedAnswer.read(bytes);

        cache.add(read, false);
        assertThat(cache.find(name)).isPresent();

        Path elsewhere = home.resolve("elsewhere");
        try (AnswerCache other =
                AnswerCache.open(elsewhere, Samples.bounds(10 << 20, 1 << 20), NodeKey.generate(), clock)) {
            assertThatThrownBy(() -> other.add(read, false)).hasMessageContaining("--trust");
            other.add(read, true);
            assertThat(other.find(name)).isPresent();
            clock.advance(Duration.ofHours(24));
            other.pin(name, true);
            assertThat(other.find(name))
                    .as("a stranger's proof counts for a day")
                    .isEmpty();
        }
        byte[] bent = bytes.clone();
        bent[bytes.length / 2] ^= 1;
        assertThatThrownBy(() -> cache.add(CachedAnswer.read(bent), true)).isInstanceOf(TheseusException.class);
    }

    private static List<Digest> keys(List<AnswerInfo> infos) {
        return infos.stream().map(AnswerInfo::key).toList();
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> all = Files.walk(home.resolve("cache"))) {
            return all.filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}"))
                    .toList();
        }
    }
}

package io.theseus.cache.states;

import static io.theseus.cache.states.StateRig.BLOCK;
import static io.theseus.cache.states.StateRig.FILE;
import static io.theseus.cache.states.StateRig.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DiskStatesTest {
    @TempDir
    Path folder;

    @Test
    void statesOutliveTheProcess() throws Exception {
        int[] tokens = prompt(1, 10 * BLOCK + 3);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            assertThat(rig.compute(tokens)).hasSize(10);
            assertThat(rig.compute(tokens))
                    .as("what is being written is not wanted again")
                    .isEmpty();
            rig.disk.flush();
            assertThat(rig.load(tokens)).isEqualTo(10);
        }
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.disk.flush();
            assertThat(rig.load(tokens)).isEqualTo(10);
            int[] other = tokens.clone();
            other[5 * BLOCK + 1]++;
            assertThat(rig.load(other))
                    .as("the blocks before the first different token")
                    .isEqualTo(5);
            assertThat(rig.compute(other)).as("only what differs is written").containsExactly(5, 6, 7, 8, 9);
            assertThat(StateRig.load(rig.model, tokens, 4))
                    .as("what is in memory is not read")
                    .isEqualTo(6);
            assertThat(rig.disk.stats().loads()).isEqualTo(3);
            assertThat(rig.disk.stats().loadedTokens()).isEqualTo((10 + 5 + 6) * BLOCK);
        }
    }

    @Test
    void aFlippedBitAnywhereIsFoundDroppedAndComputedAgain() throws Exception {
        int[] tokens = prompt(2, 3 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.compute(tokens);
            rig.disk.flush();
            List<Path> files = StateRig.files(folder);
            assertThat(files).hasSize(3);
            Path victim = files.get(1);
            SplittableRandom random = new SplittableRandom(2);
            byte[] whole = Files.readAllBytes(victim);
            assertThat(whole).hasSize((int) FILE);
            for (int at = 0; at < whole.length; at++) {
                int bit = at * 8 + random.nextInt(8);
                byte[] damaged = whole.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                Files.write(victim, damaged);
                assertThat(rig.load(tokens)).as("bit %d", bit).isLessThan(3);
                assertThat(rig.disk.stats().corrupt()).as("bit %d", bit).isEqualTo(at + 1);
                rig.disk.flush();
                assertThat(victim).as("bit %d", bit).doesNotExist();
                assertThat(rig.compute(tokens)).as("bit %d", bit).isNotEmpty();
                rig.disk.flush();
                assertThat(rig.load(tokens)).as("bit %d", bit).isEqualTo(3);
            }
        }
    }

    @Test
    void aCutOrLengthenedFileIsFound() throws Exception {
        int[] tokens = prompt(3, BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.compute(tokens);
            rig.disk.flush();
            Path victim = StateRig.files(folder).getFirst();
            byte[] whole = Files.readAllBytes(victim);
            for (int length = 0; length <= whole.length + 1; length++) {
                if (length == whole.length) {
                    continue;
                }
                Files.write(victim, Arrays.copyOf(whole, length));
                assertThat(rig.load(tokens)).as("length %d", length).isZero();
                rig.disk.flush();
                rig.compute(tokens);
                rig.disk.flush();
            }
            assertThat(rig.load(tokens)).isEqualTo(1);
        }
    }

    @Test
    void aBlockUnderTheNameOfAnotherIsNotBelieved() throws Exception {
        int[] tokens = prompt(4, 2 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.compute(tokens);
            rig.disk.flush();
            List<Path> files = StateRig.files(folder);
            byte[] first = Files.readAllBytes(files.get(0));
            Files.write(files.get(0), Files.readAllBytes(files.get(1)));
            Files.write(files.get(1), first);
            assertThat(rig.load(tokens)).isZero();
            assertThat(rig.disk.stats().corrupt()).isEqualTo(1);
        }
    }

    @Test
    void damageThatIsThereAtTheStartIsFoundToo() throws Exception {
        int[] tokens = prompt(5, 3 * BLOCK);
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 25; round++) {
            try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
                rig.compute(tokens);
                rig.disk.flush();
                assertThat(rig.load(tokens)).as("round %d", round).isEqualTo(3);
            }
            Path victim = StateRig.files(folder).get(random.nextInt(3));
            byte[] bytes = Files.readAllBytes(victim);
            int bit = random.nextInt(bytes.length * 8);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(victim, bytes);
            try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
                rig.disk.flush();
                assertThat(rig.load(tokens)).as("round %d bit %d", round, bit).isLessThan(3);
            }
        }
    }

    @Test
    void aFileThatSomebodyDeletedIsComputedAgain() throws Exception {
        int[] tokens = prompt(6, 4 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.compute(tokens);
            rig.disk.flush();
            for (Path file : StateRig.files(folder)) {
                Files.delete(file);
            }
            assertThat(rig.load(tokens)).isZero();
            assertThat(rig.disk.stats().corrupt()).isZero();
            assertThat(rig.compute(tokens)).hasSize(4);
            rig.disk.flush();
            assertThat(rig.load(tokens)).isEqualTo(4);
        }
    }

    @Test
    void theFolderStaysWithinItsSizeWhateverComes() throws Exception {
        long capacity = 40 * FILE;
        SplittableRandom random = new SplittableRandom(7);
        try (StateRig rig = new StateRig(folder, capacity)) {
            for (int i = 0; i < 120; i++) {
                rig.time.addAndGet(random.nextInt(100));
                rig.compute(prompt(random.nextInt(60), BLOCK * (1 + random.nextInt(50))));
                if (i % 20 == 0) {
                    rig.disk.flush();
                    rig.disk.flush(); // deletions that writes gave rise to
                    assertThat(StateRig.bytes(folder)).as("after %d", i).isLessThanOrEqualTo(capacity);
                }
            }
            rig.disk.flush();
            rig.disk.flush();
            StateStats stats = rig.disk.stats();
            assertThat(stats.forgotten()).isPositive();
            assertThat(stats.bytes()).isEqualTo(StateRig.bytes(folder)).isPositive();
        }
        try (StateRig rig = new StateRig(folder, 10 * FILE)) {
            rig.disk.flush();
            rig.disk.flush();
            assertThat(StateRig.bytes(folder))
                    .as("a smaller size at the next start")
                    .isLessThanOrEqualTo(10 * FILE);
            assertThat(rig.disk.stats().blocks()).isPositive();
        }
    }

    @Test
    void whatComesBackStaysWhereDocumentsReadOncePassThrough() throws Exception {
        try (StateRig rig = new StateRig(folder, 40 * FILE)) {
            int[] system = prompt(1000, 10 * BLOCK);
            int late = 0;
            int wanted = 0;
            for (int i = 0; i < 600; i++) {
                rig.time.incrementAndGet();
                if (i % 10 == 0) {
                    late += i >= 300 ? 10 - rig.compute(system).size() : 0;
                }
                wanted += i == 0 ? rig.compute(prompt(2000, 8 * BLOCK)).size() : 0;
                rig.compute(prompt(2000 + i, 8 * BLOCK));
                rig.disk.flush();
            }
            assertThat(wanted).as("with room, the first sight is enough").isEqualTo(8);
            assertThat(late).as("of 30 askings of 10 blocks, found").isGreaterThan(260);
        }
    }

    @Test
    void whatCannotBeWrittenIsCountedAndWantedAgain() throws Exception {
        int[] tokens = prompt(8, 5 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE, 2 * FILE)) {
            // Nothing can be made below: as with a full disk or a folder without permission.
            for (int shard = 0; shard < 256; shard++) {
                Files.createFile(folder.resolve(String.format("%02x", shard)));
            }
            rig.compute(tokens);
            rig.disk.flush();
            assertThat(rig.disk.stats().dropped()).isEqualTo(5);
            assertThat(rig.disk.stats().written()).isZero();
            assertThat(rig.load(tokens)).isZero();
            for (int shard = 0; shard < 256; shard++) {
                Files.delete(folder.resolve(String.format("%02x", shard)));
            }
            for (int block = 0; block < 5; block++) {
                rig.compute(tokens);
                rig.disk.flush();
            }
            assertThat(rig.load(tokens)).isEqualTo(5);
        }
    }

    @Test
    void whenTooMuchWaitsToBeWrittenTheRestIsDropped() throws Exception {
        int[] tokens = prompt(9, 100 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE, FILE - 1)) {
            assertThat(rig.compute(tokens)).hasSize(100);
            rig.disk.flush();
            assertThat(rig.disk.stats().dropped()).isEqualTo(100);
            assertThat(rig.load(tokens)).isZero();
            assertThat(StateRig.files(folder)).isEmpty();
        }
    }

    @Test
    void aFileThatCannotBeReadIsNotWaitedFor() throws Exception {
        int[] tokens = prompt(10, 2 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.compute(tokens);
            rig.disk.flush();
            for (Path file : StateRig.files(folder)) {
                Files.delete(file);
                Files.createDirectory(file);
            }
            assertThat(rig.load(tokens)).isZero();
            rig.disk.flush();
            for (int block = 0; block < 2; block++) {
                rig.compute(tokens);
                rig.disk.flush();
            }
        }
        // A start in such a folder is a start.
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.disk.flush();
            rig.compute(tokens);
            rig.disk.flush();
            assertThat(rig.load(tokens)).isGreaterThanOrEqualTo(1);
        }
    }

    @Test
    void modelsArithmeticsAndScopesDoNotMix() throws Exception {
        int[] tokens = prompt(11, 6 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            ModelStates other = rig.model(Digest.ofText("another model"), "");
            ModelStates apart = rig.model(StateRig.MODEL, "tenant");
            rig.compute(tokens);
            rig.disk.flush();
            assertThat(StateRig.load(other, tokens, 0)).isZero();
            assertThat(StateRig.load(apart, tokens, 0)).isZero();
            StateRig.compute(other, tokens);
            rig.disk.flush();
            assertThat(StateRig.load(other, tokens, 0)).isEqualTo(6);
            assertThat(rig.model.held()).isEqualTo(new ModelBlocks(6, 6 * FILE));
            assertThat(other.held()).isEqualTo(new ModelBlocks(6, 6 * FILE));
            assertThat(apart.held()).isEqualTo(new ModelBlocks(0, 0));
        }
        assertThat(StoredStates.in(folder).models())
                .hasSize(2)
                .allSatisfy(model -> assertThat(model.tokens()).isEqualTo(6 * BLOCK));
    }

    @Test
    void oneProcessAtATime() {
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            assertThat(rig.disk.stats().blocks()).isZero();
            assertThatThrownBy(() -> new StateRig(folder, 1000 * FILE))
                    .isInstanceOfSatisfying(
                            TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY))
                    .hasMessageContaining("another process");
        }
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            assertThat(rig.disk.stats().blocks()).isZero();
        }
    }

    @Test
    void aPinnedPromptOutlivesAnythingAndARestart() throws Exception {
        int[] system = prompt(12, 8 * BLOCK + 2);
        int[] longer = Arrays.copyOf(system, 10 * BLOCK);
        PinnedPrompt pin;
        try (StateRig rig = new StateRig(folder, 30 * FILE)) {
            pin = rig.model.pin(system, "You are");
            assertThat(pin.tokens()).isEqualTo(8 * BLOCK);
            rig.model.pin(longer, "You are, and more");
            rig.compute(system);
            flood(rig, 0);
            assertThat(rig.load(system)).isEqualTo(8);
        }
        try (StateRig rig = new StateRig(folder, 30 * FILE)) {
            rig.disk.flush();
            assertThat(rig.model.pinned())
                    .extracting(PinnedPrompt::label)
                    .containsExactly("You are", "You are, and more");
            flood(rig, 1000);
            assertThat(rig.model.held(pin)).isEqualTo(8);
            assertThat(rig.disk.unpin(rig.model.pinned().getLast().id())).isTrue();
            flood(rig, 2000);
            assertThat(rig.model.held(pin))
                    .as("the other pin still holds the shared blocks")
                    .isEqualTo(8);
            assertThat(rig.disk.clear(false)).isPositive();
            assertThat(rig.load(system)).isEqualTo(8);
            assertThat(rig.disk.unpin(pin.id())).isTrue();
            assertThat(rig.disk.unpin(pin.id())).isFalse();
            flood(rig, 3000);
            assertThat(rig.model.held(pin)).isLessThan(8);
        }
    }

    @Test
    void pinsLeaveHalfTheRoomForOthers() {
        try (StateRig rig = new StateRig(folder, 30 * FILE)) {
            rig.model.pin(prompt(13, 10 * BLOCK), "ten");
            rig.model.pin(prompt(13, 15 * BLOCK), "fifteen, ten of them the same");
            assertThatThrownBy(() -> rig.model.pin(prompt(14, BLOCK), "one more"))
                    .isInstanceOfSatisfying(
                            TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_INPUT))
                    .hasMessageContaining("states-size");
            assertThatThrownBy(() -> rig.model.pin(prompt(15, BLOCK - 1), "short"))
                    .hasMessageContaining("blocks of " + BLOCK);
            assertThat(rig.disk.pinned()).hasSize(2);
        }
    }

    @Test
    void whatIsClearedIsGone() throws Exception {
        int[] tokens = prompt(16, 9 * BLOCK);
        try (StateRig rig = new StateRig(folder, 1000 * FILE)) {
            rig.compute(tokens);
            rig.disk.flush();
            assertThat(rig.disk.clear(false)).isEqualTo(9);
            assertThat(rig.load(tokens)).isZero();
            rig.disk.flush();
            assertThat(StateRig.files(folder)).isEmpty();
            rig.compute(tokens);
            rig.disk.flush();
            // And by another process, which the one that runs has to notice.
            assertThat(StoredStates.in(folder).clear(false)).isEqualTo(9);
            assertThat(rig.load(tokens)).isZero();
        }
    }

    private static void flood(StateRig rig, int seed) throws InterruptedException {
        for (int i = 0; i < 60; i++) {
            rig.time.incrementAndGet();
            rig.compute(prompt(50_000 + seed + i, 20 * BLOCK));
        }
        rig.disk.flush();
        rig.disk.flush();
    }
}

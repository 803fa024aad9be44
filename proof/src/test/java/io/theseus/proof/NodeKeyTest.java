package io.theseus.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.CanonicalBytes;
import io.theseus.core.Digest;
import io.theseus.core.TheseusException;
import io.theseus.proof.Receipt.Verification;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeKeyTest {
    /** RFC 8032, 7.1, test 2: the message is one byte. */
    private static final String PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

    private static final String SIGNATURE = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    @Test
    void verifiesWhatOthersSigned() {
        PublicKeyId id = PublicKeyId.of(HexFormat.of().parseHex(PUBLIC));

        assertThat(id.verifies(new byte[] {0x72}, HexFormat.of().parseHex(SIGNATURE)))
                .isTrue();
        assertThat(id.verifies(new byte[] {0x73}, HexFormat.of().parseHex(SIGNATURE)))
                .isFalse();
        assertThat(id.verifies(new byte[] {0x72}, new byte[3])).isFalse();
    }

    @Test
    void aHomeHasOneKeyThatOnlyItsOwnerCanRead(@TempDir Path home) throws Exception {
        NodeKey first = NodeKey.of(home);
        NodeKey again = NodeKey.of(home);

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.id().hex()).matches("[0-9a-f]{64}");
        assertThat(first.id().verifies(new byte[] {5}, again.sign(new byte[] {5})))
                .isTrue();
        Path file = home.resolve(NodeKey.FILE);
        if (Files.getFileStore(home).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(first.toString()).contains(first.id().hex()).doesNotContain("PRIVATE");
    }

    @Test
    void manyWhoAskFirstGetTheSameKey(@TempDir Path home) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> asks = Stream.<Callable<String>>generate(
                            () -> () -> NodeKey.of(home.resolve("new")).id().hex())
                    .limit(8)
                    .toList();
            assertThat(threads.invokeAll(asks).stream().map(f -> f.resultNow()).distinct())
                    .hasSize(1);
        }
    }

    @Test
    void aDamagedFileIsNamed(@TempDir Path home) throws Exception {
        NodeKey.of(home);
        Path file = home.resolve(NodeKey.FILE);
        String whole = Files.readString(file);
        NodeKey other = NodeKey.of(home.resolve("other"));
        String theirs = Files.readString(home.resolve("other").resolve(NodeKey.FILE));
        assertThat(other.id().hex()).isNotEqualTo(NodeKey.of(home).id().hex());

        for (String broken : List.of(
                "",
                whole.substring(0, whole.length() / 2),
                whole.substring(0, whole.indexOf("-----BEGIN PUBLIC"))
                        + theirs.substring(theirs.indexOf("-----BEGIN PUBLIC")))) {
            Files.writeString(file, broken);
            assertThatThrownBy(() -> NodeKey.of(home))
                    .isInstanceOf(TheseusException.class)
                    .hasMessageContaining(NodeKey.FILE);
        }
    }

    /** Bytes that other implementations have to reproduce. */
    @Test
    void canonicalBytesStayAsTheyAre() {
        Digest a = Digest.ofText("a");
        Receipt receipt = new Receipt(
                Verification.EXACT_ENGINE,
                a,
                "theseus-numerics 1",
                Digest.ofText("b"),
                3,
                4,
                Digest.ofText("c"),
                Optional.empty(),
                Optional.of(a),
                Instant.ofEpochMilli(1000),
                Instant.ofEpochMilli(2500),
                PublicKeyId.of(HexFormat.of().parseHex(PUBLIC)));

        assertThat(Digest.sha256(receipt.canonicalBytes()).hex()).isEqualTo(GOLDEN_RECEIPT);
        assertThat(new CacheProof(
                                Digest.ofText("b"),
                                Digest.ofText("c"),
                                Digest.sha256(receipt.canonicalBytes()),
                                Instant.ofEpochMilli(2500),
                                new byte[64])
                        .digest()
                        .hex())
                .isEqualTo(GOLDEN_PROOF);
        assertThat(HexFormat.of()
                        .formatHex(new CanonicalBytes("x/1")
                                .octet(1)
                                .integer(2)
                                .text("é")
                                .toBytes()))
                .isEqualTo("00000003" + hex("x/1") + "01" + "00000002" + "00000002" + "c3a9");
    }

    private static String hex(String ascii) {
        return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    private static final String GOLDEN_RECEIPT = "fa7ea7fd256ba11b69edab0ec20fa999d705443c12ce5e2a34488d9173e5ea5c";
    private static final String GOLDEN_PROOF = "16facad78f82b24296142917fcf438a27b0bfe876e3cc9666421a0990ae67576";
}

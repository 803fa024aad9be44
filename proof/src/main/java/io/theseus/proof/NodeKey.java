package io.theseus.proof;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node signs with. Its file holds the private and the public half in PEM, so that other tools can read it, and is readable by
 * its owner alone where the file system knows owners. Safe for use by many threads.
 */
public final class NodeKey {
    /** Name of the file in a node's home. */
    public static final String FILE = "node.key";

    /** Bytes of every signature. */
    public static final int SIGNATURE_BYTES = 64;

    private final PrivateKey secret;
    private final PublicKeyId id;

    private NodeKey(PrivateKey secret, PublicKeyId id) {
        this.secret = secret;
        this.id = id;
    }

    /** A new key that no file holds. */
    public static NodeKey generate() {
        return of(newPair());
    }

    /**
     * The key of the node whose home this is; made on first use. Several processes that ask at once get the same one.
     *
     * @throws TheseusException {@code IO_FAILED} if the file cannot be read or made, {@code BAD_INPUT} if it holds no key
     */
    public static NodeKey of(Path home) {
        Path file = home.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(home);
                create(home, file);
            }
            return read(file);
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED,
                    "cannot read or make the node's key " + file + ": " + e.getMessage() + "; check its permissions",
                    e);
        }
    }

    /** File locks are between processes; within this one the monitor keeps threads apart. */
    private static synchronized void create(Path home, Path file) throws IOException {
        // The lock keeps two first processes from making two keys, one of which would be lost after it has signed.
        try (FileChannel lockFile = FileChannel.open(
                        home.resolve(FILE + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lockFile.lock()) {
            if (Files.exists(file)) {
                return;
            }
            Path fresh = home.resolve(FILE + ".new");
            Files.deleteIfExists(fresh);
            KeyPair pair = newPair();
            String pem = pem("PRIVATE KEY", pair.getPrivate().getEncoded())
                    + pem("PUBLIC KEY", pair.getPublic().getEncoded());
            try (FileChannel out = FileChannel.open(
                    fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly(home))) {
                out.write(ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII)));
                out.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
        return Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static NodeKey read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        try {
            KeyFactory keys = KeyFactory.getInstance("Ed25519");
            NodeKey key = new NodeKey(
                    keys.generatePrivate(new PKCS8EncodedKeySpec(section(text, "PRIVATE KEY", file))),
                    PublicKeyId.of(keys.generatePublic(new X509EncodedKeySpec(section(text, "PUBLIC KEY", file)))));
            byte[] probe = {1};
            if (key.id.verifies(probe, key.sign(probe))) {
                return key;
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unusable(file, String.valueOf(e.getMessage()), e);
        }
        throw unusable(file, "its two halves do not belong together", null);
    }

    private static byte[] section(String text, String name, Path file) {
        Matcher m = Pattern.compile("-----BEGIN " + name + "-----([A-Za-z0-9+/=\\s]*)-----END " + name + "-----")
                .matcher(text);
        if (!m.find()) {
            throw unusable(file, "it has no " + name, null);
        }
        return Base64.getMimeDecoder().decode(m.group(1));
    }

    private static TheseusException unusable(
            Path file, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new TheseusException(
                ErrorCode.BAD_INPUT,
                file + " is not a node's key: " + why + "; restore it, or move it away to get a new one",
                cause);
    }

    private static String pem(String name, byte[] encoded) {
        return "-----BEGIN " + name + "-----\n" + Base64.getEncoder().encodeToString(encoded) + "\n-----END " + name
                + "-----\n";
    }

    private static KeyPair newPair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw noEd25519(e);
        }
    }

    private static NodeKey of(KeyPair pair) {
        return new NodeKey(pair.getPrivate(), PublicKeyId.of(pair.getPublic()));
    }

    /** The public half, by which others know this node. */
    public PublicKeyId id() {
        return id;
    }

    /** 64 bytes that only this key can make for {@code message}. */
    public byte[] sign(byte[] message) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(secret);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw noEd25519(e);
        }
    }

    private static TheseusException noEd25519(GeneralSecurityException cause) {
        return new TheseusException(
                ErrorCode.INTERNAL, "this JDK cannot sign with Ed25519, which every JDK since 15 can", cause);
    }

    /** Never shows the private half. */
    @Override
    public String toString() {
        return "NodeKey[" + id.hex() + "]";
    }
}

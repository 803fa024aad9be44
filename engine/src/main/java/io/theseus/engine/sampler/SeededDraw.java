package io.theseus.engine.sampler;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One random number per position, a function of seed and position alone: no state to carry over when an answer moves to another
 * batch, chunk, process or machine.
 *
 * <p>Source: docs/numerics.md, rule 11; HMAC: RFC 2104.
 */
final class SeededDraw {
    private static final byte[] LABEL = "theseus/sample/1".getBytes(StandardCharsets.US_ASCII);
    private final Mac mac;

    SeededDraw(long seed) {
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(
                    ByteBuffer.allocate(Long.BYTES).putLong(seed).array(), "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new TheseusException(
                    ErrorCode.INTERNAL, "this JDK has no HmacSHA256, which every JDK must have; use a complete JDK", e);
        }
    }

    /** 64 uniformly distributed bits for {@code position}, to be read as unsigned. */
    long at(long position) {
        mac.update(LABEL);
        byte[] digest =
                mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(position).array());
        return ByteBuffer.wrap(digest).getLong();
    }
}

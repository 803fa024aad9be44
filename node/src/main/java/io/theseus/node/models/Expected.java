package io.theseus.node.models;

import io.theseus.core.DataSize;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a fetched file must be.
 *
 * @param bytes its length, if known beforehand
 * @param sha256 in lower-case hexadecimal, if known beforehand
 */
record Expected(OptionalLong bytes, Optional<String> sha256) {
    /** Refuses a source that offers a file of another length. */
    void checkLength(long offered, String source) {
        if (bytes.isPresent() && bytes.getAsLong() != offered) {
            throw new TheseusException(
                    ErrorCode.FETCH_FAILED,
                    source + " offers " + offered + " bytes, but the model has " + bytes.getAsLong() + " ("
                            + new DataSize(bytes.getAsLong()).forPeople() + "); it is another file");
        }
    }

    /** This with what a trustworthy source adds. */
    Expected or(OptionalLong otherBytes, Optional<String> otherSha256) {
        return new Expected(bytes.isPresent() ? bytes : otherBytes, sha256.or(() -> otherSha256));
    }
}

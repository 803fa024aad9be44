package io.theseus.node.http;

import java.util.random.RandomGenerator;

/** Makes ids that nobody can guess. Safe for use by many threads if its generator is. */
final class Ids {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 24;

    private final RandomGenerator random;

    Ids(RandomGenerator random) {
        this.random = random;
    }

    /** {@code prefix} and 24 random letters and digits. */
    String next(String prefix) {
        StringBuilder id = new StringBuilder(prefix.length() + LENGTH).append(prefix);
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    /** A seed for a request that brings none; not negative, so that clients of every language can send it back. */
    long seed() {
        return random.nextLong() & Long.MAX_VALUE;
    }

    RandomGenerator random() {
        return random;
    }
}

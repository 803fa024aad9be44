package io.theseus.engine.toolcall;

import java.util.random.RandomGenerator;

/** Makes the ids of calls: Mistral's templates insist on nine letters and digits, others get OpenAI's form. */
final class CallIds {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final RandomGenerator random;
    private final boolean nine;

    CallIds(RandomGenerator random, boolean nine) {
        this.random = random;
        this.nine = nine;
    }

    String next() {
        StringBuilder id = new StringBuilder(nine ? "" : "call_");
        for (int i = 0; i < (nine ? 9 : 24); i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}

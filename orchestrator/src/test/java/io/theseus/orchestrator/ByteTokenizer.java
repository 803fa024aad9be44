package io.theseus.orchestrator;

import io.theseus.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.Set;

/** One token per byte, and one that ends answers. */
final class ByteTokenizer implements Tokenizer {
    static final int END = 256;

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xFF;
        }
        return ids;
    }

    @Override
    public byte[] bytes(int id) {
        return id == END ? new byte[0] : new byte[] {(byte) id};
    }

    @Override
    public boolean isControl(int id) {
        return id == END;
    }

    @Override
    public int size() {
        return END + 1;
    }

    @Override
    public OptionalInt bos() {
        return OptionalInt.empty();
    }

    @Override
    public OptionalInt eos() {
        return OptionalInt.of(END);
    }

    @Override
    public boolean addsBos() {
        return false;
    }

    @Override
    public boolean addsEos() {
        return false;
    }

    @Override
    public Set<Integer> endOfGeneration() {
        return Set.of(END);
    }

    @Override
    public boolean addsSpacePrefix() {
        return false;
    }
}

package io.theseus.engine.scheduler;

import io.theseus.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** A small vocabulary with everything that makes text awkward: overlapping pieces, halves of characters, bytes that are no UTF-8. */
final class FakeTokenizer implements Tokenizer {
    static final int END = 0;
    static final int CONTROL = 1;

    private final List<byte[]> pieces = new ArrayList<>();

    FakeTokenizer() {
        for (String piece : List.of("<end>", "<control>", "a", "b", "c", "ab", "bc", "abc", "ca", " ", "\n", "", "é")) {
            pieces.add(piece.getBytes(StandardCharsets.UTF_8));
        }
        for (int b : new int[] {0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80, 0xE2, 0x82, 0xAC, 0xFF, 0xEC}) {
            pieces.add(new byte[] {(byte) b});
        }
        pieces.add(new byte[] {(byte) 0x98, (byte) 0x80, 'a'});
        pieces.add(new byte[] {'c', (byte) 0xF0, (byte) 0x9F});
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        throw new UnsupportedOperationException("the scheduler never encodes");
    }

    @Override
    public byte[] bytes(int id) {
        return pieces.get(id);
    }

    @Override
    public boolean isControl(int id) {
        return id <= CONTROL;
    }

    @Override
    public int size() {
        return pieces.size();
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
    public boolean addsSpacePrefix() {
        return false;
    }

    @Override
    public Set<Integer> endOfGeneration() {
        return Set.of(END);
    }
}

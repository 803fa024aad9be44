package io.theseus.node.http;

import io.theseus.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** One token per byte, and a few control tokens after them. */
final class FakeTokenizer implements Tokenizer {
    static final int START = 256;
    static final int END = 257;
    static final int BOS = 258;
    private static final List<String> CONTROL = List.of("<|im_start|>", "<|im_end|>", "<s>");

    private final boolean addsBos;

    FakeTokenizer(boolean addsBos) {
        this.addsBos = addsBos;
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        List<Integer> ids = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            int control = parseSpecial ? controlAt(text, i) : -1;
            if (control >= 0) {
                ids.add(START + control);
                i += CONTROL.get(control).length();
            } else {
                int end = text.offsetByCodePoints(i, 1);
                for (byte b : text.substring(i, end).getBytes(StandardCharsets.UTF_8)) {
                    ids.add(b & 0xFF);
                }
                i = end;
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int controlAt(String text, int index) {
        for (int c = 0; c < CONTROL.size(); c++) {
            if (text.startsWith(CONTROL.get(c), index)) {
                return c;
            }
        }
        return -1;
    }

    @Override
    public byte[] bytes(int id) {
        return id < START ? new byte[] {(byte) id} : CONTROL.get(id - START).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isControl(int id) {
        return id >= START;
    }

    @Override
    public int size() {
        return START + CONTROL.size();
    }

    @Override
    public OptionalInt bos() {
        return OptionalInt.of(BOS);
    }

    @Override
    public OptionalInt eos() {
        return OptionalInt.of(END);
    }

    @Override
    public boolean addsBos() {
        return addsBos;
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

package io.theseus.engine.tokenizer;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.OptionalInt;
import java.util.Set;

/** A tokenizer from a model file: takes special tokens out of the text and leaves the rest to a {@link TextEncoder}. */
final class GgufTokenizer implements Tokenizer {
    private final Vocabulary vocabulary;
    private final SpecialTokens special;
    private final TextEncoder encoder;
    private final boolean addsSpacePrefix;
    private final AddedTokens plain;
    private final AddedTokens parsed;

    GgufTokenizer(
            Vocabulary vocabulary,
            SpecialTokens special,
            TextEncoder encoder,
            boolean addsSpacePrefix,
            BitSet stripsLeft,
            BitSet stripsRight) {
        this.vocabulary = vocabulary;
        this.special = special;
        this.encoder = encoder;
        this.addsSpacePrefix = addsSpacePrefix;
        TokenBuffer user = new TokenBuffer(64);
        TokenBuffer all = new TokenBuffer(64);
        for (int id = 0; id < vocabulary.size(); id++) {
            TokenKind kind = vocabulary.kind(id);
            boolean named = !vocabulary.text(id).isEmpty();
            if (named && kind == TokenKind.USER_DEFINED) {
                user.add(id);
                all.add(id);
            } else if (named && kind.isStructure()) {
                all.add(id);
            }
        }
        this.plain = new AddedTokens(vocabulary, user.toArray(), stripsLeft, stripsRight);
        this.parsed = new AddedTokens(vocabulary, all.toArray(), stripsLeft, stripsRight);
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        char[] chars = wellFormed(text);
        TokenBuffer out = new TokenBuffer(chars.length / 3);
        AddedTokens added = parseSpecial ? parsed : plain;
        boolean atStart = true;
        int at = 0;
        while (at < chars.length) {
            AddedTokens.Found found = added.next(chars, at);
            int end = found == null ? chars.length : found.from();
            if (end > at) {
                encoder.encode(chars, at, end, atStart, out);
                atStart = false;
            }
            if (found == null) {
                break;
            }
            out.add(found.id());
            atStart = true;
            at = found.to();
        }
        return out.toArray();
    }

    /** The chars of {@code text}, with U+FFFD for each surrogate without its other half: no bytes stand for those. */
    private static char[] wellFormed(String text) {
        char[] chars = text.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (Character.isSurrogate(chars[i])) {
                if (i + 1 < chars.length && Character.isSurrogatePair(chars[i], chars[i + 1])) {
                    i++;
                } else {
                    chars[i] = '\uFFFD';
                }
            }
        }
        return chars;
    }

    @Override
    public byte[] bytes(int id) {
        return switch (kind(id)) {
            case CONTROL, UNKNOWN, USER_DEFINED -> vocabulary.text(id).getBytes(StandardCharsets.UTF_8);
            case BYTE -> {
                int value = vocabulary.byteOf(id);
                yield value < 0 ? encoder.bytes(id) : new byte[] {(byte) value};
            }
            case NORMAL, UNUSED -> encoder.bytes(id);
        };
    }

    @Override
    public boolean isControl(int id) {
        return kind(id).isStructure();
    }

    private TokenKind kind(int id) {
        if (id < 0 || id >= vocabulary.size()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "token id " + id + " is not in the vocabulary; expected 0 to " + (vocabulary.size() - 1));
        }
        return vocabulary.kind(id);
    }

    @Override
    public int size() {
        return vocabulary.size();
    }

    @Override
    public OptionalInt bos() {
        return special.bos();
    }

    @Override
    public OptionalInt eos() {
        return special.eos();
    }

    @Override
    public boolean addsBos() {
        return special.addsBos();
    }

    @Override
    public boolean addsEos() {
        return special.addsEos();
    }

    @Override
    public Set<Integer> endOfGeneration() {
        return special.endOfGeneration();
    }

    @Override
    public boolean addsSpacePrefix() {
        return addsSpacePrefix;
    }
}

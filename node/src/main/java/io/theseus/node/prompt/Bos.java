package io.theseus.node.prompt;

import io.theseus.engine.tokenizer.Tokenizer;
import java.util.OptionalInt;

/** The token that begins a text. */
public final class Bos {
    private Bos() {}

    /** {@code ids} with the BOS in front if the model wants one and it is not there already. */
    public static int[] prepend(int[] ids, Tokenizer tokenizer) {
        OptionalInt bos = tokenizer.bos();
        if (!tokenizer.addsBos() || bos.isEmpty() || (ids.length > 0 && ids[0] == bos.getAsInt())) {
            return ids;
        }
        int[] longer = new int[ids.length + 1];
        longer[0] = bos.getAsInt();
        System.arraycopy(ids, 0, longer, 1, ids.length);
        return longer;
    }
}

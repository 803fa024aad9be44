package io.theseus.cache.states;

import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.Arrays;
import java.util.List;

/** The states of one model. {@link #decide}, {@link #wanted} and {@link #store} are for one thread and never wait. */
public final class ModelStates {
    private final DiskStates disk;
    private final StateKeys keys;
    private final int stateBytes;
    private final long fileBytes;
    private int[] lastTokens = {};
    private List<Digest> lastChain = List.of();

    ModelStates(DiskStates disk, StateKeys keys, int stateBytes) {
        this.disk = disk;
        this.keys = keys;
        this.stateBytes = stateBytes;
        fileBytes = StateFile.size(keys.blockTokens(), stateBytes);
    }

    private List<Digest> chain(int[] tokens) {
        if (tokens != lastTokens) {
            lastChain = keys.chain(tokens);
            lastTokens = tokens;
        }
        return lastChain;
    }

    private double rate(double nanosPerToken) {
        return nanosPerToken > 0 ? nanosPerToken : disk.saved().nanosPerToken(keys.root());
    }

    /**
     * Decides between loading and computing blocks {@code from} to the last of {@code tokens}, by what each is expected to take.
     * Loading begins at once.
     *
     * @param nanosPerToken of computing, measured lately; 0 = not known, then an earlier run's counts
     * @param ready called on another thread when loading ends
     */
    public StateLoad decide(int[] tokens, int from, double nanosPerToken, Runnable ready) {
        List<Digest> chain = chain(tokens);
        int held = disk.held(chain);
        if (held <= from) {
            return new StateLoad(disk, from, from, keys.blockTokens(), 0, 0, false);
        }
        long bytes = (held - from) * fileBytes;
        double load = disk.rates().seconds(bytes, disk.ahead());
        double compute = (held - from) * (double) keys.blockTokens() * rate(nanosPerToken) / 1e9;
        // An unknown rate counts as fast: nobody must wait for a disk that may be slower than computing.
        boolean loads = load < compute && disk.beginLoad(bytes);
        StateLoad result = new StateLoad(disk, from, held, keys.blockTokens(), load, compute, loads);
        if (!loads) {
            disk.probe(head(chain, from), block(tokens, from));
        } else {
            result.start(bytes, i -> head(chain, i), i -> block(tokens, i), ready);
        }
        return result;
    }

    /** Which blocks of a computed prompt should be stored. */
    public List<Integer> wanted(int[] tokens, double nanosPerToken) {
        List<Digest> chain = chain(tokens);
        if (chain.isEmpty()) {
            return List.of();
        }
        disk.saveRate(keys.root(), nanosPerToken);
        return disk.request(chain, fileBytes);
    }

    /** Stores a wanted block, in the background. */
    public void store(int[] tokens, int block, byte[] state) {
        if (state.length != stateBytes) {
            throw new IllegalArgumentException(
                    "a block of " + state.length + " bytes of state, expected " + stateBytes);
        }
        disk.write(head(chain(tokens), block), block(tokens, block), state);
    }

    /**
     * Never forgets the whole blocks of {@code tokens} again, whether they are stored already or not. For any thread.
     *
     * @param label for people
     * @throws TheseusException {@code BAD_INPUT} if there is no whole block or too much is pinned, {@code IO_FAILED}
     */
    public PinnedPrompt pin(int[] tokens, String label) {
        List<Digest> chain = keys.chain(tokens);
        if (chain.isEmpty()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "the prompt has " + tokens.length + " tokens; state is kept in blocks of " + keys.blockTokens()
                            + ", so a shorter one cannot be pinned");
        }
        PinnedPrompt prompt =
                new PinnedPrompt(keys.root(), disk.now(), chain.size() * keys.blockTokens(), label, chain);
        disk.pin(prompt, fileBytes);
        return prompt;
    }

    /** Blocks of {@code prompt}'s beginning that can be loaded. For any thread. */
    public int held(PinnedPrompt prompt) {
        return disk.held(prompt.chain());
    }

    /** The pinned prompts of this model. For any thread. */
    public List<PinnedPrompt> pinned() {
        return disk.pinned().stream()
                .filter(pin -> pin.root().equals(keys.root()))
                .toList();
    }

    /** Where the states are. */
    public DiskStates disk() {
        return disk;
    }

    /** What is on disk of this model. For any thread. */
    public ModelBlocks held() {
        return disk.held(keys.root());
    }

    /** Tokens of a block. */
    public int blockTokens() {
        return keys.blockTokens();
    }

    private StateFile.Head head(List<Digest> chain, int block) {
        Digest parent = block == 0 ? keys.root() : chain.get(block - 1);
        return new StateFile.Head(keys.root(), parent, chain.get(block), block);
    }

    private int[] block(int[] tokens, int block) {
        return Arrays.copyOfRange(tokens, block * keys.blockTokens(), (block + 1) * keys.blockTokens());
    }
}

package io.theseus.cache.states;

import java.nio.file.Path;

/** Stores states as fast as it can until somebody kills it. */
final class StoringStates {
    private StoringStates() {}

    public static void main(String[] args) throws Exception {
        long first = Long.parseLong(args[1]);
        StateRig rig = new StateRig(Path.of(args[0]), 100_000 * StateRig.FILE, 1 << 20);
        System.out.println("open");
        for (long seed = first; ; seed++) {
            rig.time.incrementAndGet();
            rig.compute(StateRig.prompt(seed, StateRig.BLOCK * 20));
            rig.disk.flush();
            System.out.println(seed);
        }
    }
}

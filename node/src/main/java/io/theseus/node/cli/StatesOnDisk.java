package io.theseus.node.cli;

import io.theseus.cache.states.StoredStates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The states of prompts below a home, looked at beside a node that may be running. */
final class StatesOnDisk {
    private final Path folder;

    StatesOnDisk(Path home) {
        folder = home.resolve("states");
    }

    List<StoredStates.OfModel> models() {
        return Files.isDirectory(folder) ? StoredStates.in(folder).models() : List.of();
    }

    int pinned() {
        return Files.isDirectory(folder) ? StoredStates.in(folder).pinned() : 0;
    }

    int clear(boolean pinned) {
        return Files.isDirectory(folder) ? StoredStates.in(folder).clear(pinned) : 0;
    }
}

package io.theseus.node.models;

import io.theseus.node.config.SettingsFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A file on its way, and beside it what must still hold for the rest of it to fit: which address it comes from and which version of
 * the file the server had. Survives the process.
 */
final class PartFile {
    private final Path folder;
    private final Path data;
    private final Path notes;

    /** The part of what will be {@code file} in {@code folder}. */
    PartFile(Path folder, String file) {
        this.folder = folder;
        this.data = folder.resolve(file + ".part");
        this.notes = folder.resolve(file + ".part.properties");
    }

    /**
     * A file begun earlier.
     *
     * @param bytes of it that are here
     * @param validator entity tag of the version begun, strong, if the server gave one
     */
    record Begun(long bytes, Optional<String> validator) {
        static final Begun NOTHING = new Begun(0, Optional.empty());
    }

    Path folder() {
        return folder;
    }

    Path data() {
        return data;
    }

    /** What is here of the file at {@code source}. What is here of another source is of no use. */
    Begun begun(String source) throws IOException {
        if (!Files.exists(data)) {
            return Begun.NOTHING;
        }
        Map<String, String> values = new HashMap<>();
        SettingsFile.read(notes).forEach(line -> values.put(line.key(), line.value()));
        return source.equals(values.get("source"))
                ? new Begun(Files.size(data), Optional.ofNullable(values.get("validator")))
                : Begun.NOTHING;
    }

    /** Starts anew, with an empty file. */
    FileChannel begin(String source, Optional<String> validator) throws IOException {
        // Notes about the new file must never stand beside bytes of an old one.
        discard();
        Files.createDirectories(folder);
        Files.writeString(
                notes,
                "source = " + source + "\n"
                        + validator.map(v -> "validator = " + v + "\n").orElse(""),
                StandardCharsets.UTF_8);
        return FileChannel.open(data, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Goes on at the end of what is here. */
    FileChannel resume() throws IOException {
        return FileChannel.open(data, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    /** Forgets what is here. */
    void discard() throws IOException {
        Files.deleteIfExists(data);
        Files.deleteIfExists(notes);
    }

    /** The file is whole and has been moved away. */
    void finished() throws IOException {
        Files.deleteIfExists(notes);
    }
}

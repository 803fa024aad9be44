package io.theseus.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/**
 * Reference data too large to commit, kept in a folder {@code shared} beside the repository. Tests that need it skip where it
 * is absent, and say what was skipped.
 */
public final class Golden {
    private Golden() {}

    /** The root of the repository: the nearest folder at or above the working directory that holds {@code .mvn}. */
    public static Path repository() {
        Path start = Path.of("").toAbsolutePath();
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(".mvn"))) {
                return at;
            }
        }
        throw new IllegalStateException(
                "no folder holding .mvn at or above " + start + "; run tests inside the repository");
    }

    /** The file or folder {@code relative} of the shared folder, {@code /} between its parts, if it is there. */
    public static Optional<Path> path(String relative) {
        Path shared = repository().resolveSibling("shared");
        Path path = shared;
        for (String part : relative.split("/", -1)) {
            path = path.resolve(part);
        }
        return Files.exists(path) ? Optional.of(path) : Optional.empty();
    }

    /** As {@link #path}; where it is absent the running test is skipped with a message that names it. */
    public static Path require(String relative) {
        Optional<Path> path = path(relative);
        Assumptions.assumeTrue(path.isPresent(), () -> "SKIPPED: needs ../shared/" + relative + ", which is not here");
        return path.orElseThrow();
    }

    /**
     * The lines of a {@code .jsonl} or {@code .jsonl.gz} file as text, empty ones left out; skips the running test where the
     * file is absent.
     *
     * @throws UncheckedIOException if the file cannot be read
     */
    public static List<String> jsonLines(String relative) {
        Path path = require(relative);
        try (InputStream file = Files.newInputStream(path);
                InputStream plain = relative.endsWith(".gz") ? new GZIPInputStream(file) : file;
                BufferedReader reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}

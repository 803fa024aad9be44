package io.theseus.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Habits of the source text that no compiler checks. */
class SourceTest {
    private static final int LONG = 350;
    private static final int TOO_LONG = 600;
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b");
    private static final Pattern MUTED =
            Pattern.compile("@Dis" + "abled(?!OnOs)|@Ign" + "ore|org\\.mock" + "ito|Thread\\.sle" + "ep\\(");
    private static final Set<String> NOT_OURS = Set.of("target", "build", ".git", "work", "node_modules");

    /** Every Java file of the checkout and its lines. */
    private static final TreeMap<Path, List<String>> FILES = new TreeMap<>();

    @BeforeAll
    static void readSources() throws IOException {
        Path root = Path.of("..").toRealPath();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean skip = NOT_OURS.contains(directory.getFileName().toString());
                return skip && !directory.equals(root) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".java")) {
                    FILES.put(root.relativize(file), Files.readAllLines(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Test
    void filesAreRoomsNotHouses(TestReporter reporter) {
        FILES.forEach((file, lines) -> {
            if (lines.size() > LONG) {
                reporter.publishEntry("long file", file + " has " + lines.size() + " lines: one room, or several?");
            }
        });

        assertThat(FILES.keySet()).isNotEmpty();
        assertThat(FILES.entrySet().stream()
                        .filter(file -> file.getValue().size() > TOO_LONG)
                        .map(file -> file.getKey() + ": " + file.getValue().size() + " lines"))
                .isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        assertThat(linesMatching(UNFINISHED, "")).isEmpty();
    }

    @Test
    void testsNeitherSleepNorMockNorAreSwitchedOff() {
        assertThat(linesMatching(MUTED, "src/test")).isEmpty();
    }

    private static List<String> linesMatching(Pattern pattern, String directory) {
        List<String> found = new ArrayList<>();
        FILES.forEach((file, lines) -> {
            if (file.toString().replace('\\', '/').contains(directory)) {
                lines.stream()
                        .filter(line -> pattern.matcher(line).find())
                        .forEach(line -> found.add(file + ": " + line.strip()));
            }
        });
        return found;
    }
}

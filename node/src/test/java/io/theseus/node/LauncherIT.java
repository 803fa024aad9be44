package io.theseus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with the real Maven and the real sources, as a stranger would meet it. */
class LauncherIT {
    private static final Set<String> NOT_SOURCE = Set.of("target", "build", ".git", "work");

    @TempDir
    Path temporary;

    @Test
    void twoFreshCheckoutsBuildTheSameProgramWhichRunsAnywhere()
            throws IOException, InterruptedException, NoSuchAlgorithmException {
        assumeTrue(File.separatorChar == '/', "the POSIX launcher needs a POSIX shell; Windows has theseus.cmd");
        Path one = checkout(temporary.resolve("one"));
        Path two = checkout(temporary.resolve("a folder, with spaces"));

        assertThat(run(one.resolve("theseus"), "--version")).contains("0.1");
        assertThat(run(two.resolve("theseus"), "--version")).contains("0.1");
        assertThat(jars(two)).isNotEmpty().isEqualTo(jars(one));

        Path distribution = Files.move(one.resolve("node/target/quick/dist"), temporary.resolve("moved away"));
        assertThat(run(distribution.resolve("bin/theseus"), "--version")).contains("0.1");
    }

    /** SHA-256 of each of our own jars, by name. */
    private static Map<String, String> jars(Path checkout) throws IOException, NoSuchAlgorithmException {
        Path app = checkout.resolve("build/app");
        Path lib = app.resolve(Files.readString(app.resolve("current")).strip()).resolve("lib");
        Map<String, String> found = new TreeMap<>();
        try (var files = Files.newDirectoryStream(lib, "theseus-*.jar")) {
            for (Path jar : files) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
                found.put(jar.getFileName().toString(), HexFormat.of().formatHex(digest));
            }
        }
        return found;
    }

    private String run(Path launcher, String argument) throws IOException, InterruptedException {
        Path out = temporary.resolve("out");
        Path err = temporary.resolve("err");
        Process process = new ProcessBuilder(launcher.toString(), argument)
                .directory(temporary.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(8, TimeUnit.MINUTES)).as("ended in time").isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        return Files.readString(out);
    }

    private static Path checkout(Path to) throws IOException {
        Path from = Path.of("..").toRealPath();
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!directory.equals(from)
                        && NOT_SOURCE.contains(directory.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    Files.copy(file, to.resolve(from.relativize(file)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return to;
    }
}

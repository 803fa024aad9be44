package io.theseus.node.config;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of {@code key = value}, with {@code [section]} headings where a reader of the file wants them, {@code #} comments and blank
 * lines. UTF-8. A backslash is an ordinary character, unlike in Java's own properties, so that Windows paths can be written as they
 * are.
 */
public final class SettingsFile {
    /** Settings are written by hand; anything larger is some other file. */
    private static final int MAX_BYTES = 1 << 20;

    private SettingsFile() {}

    /**
     * One line.
     *
     * @param section the last heading before it, or empty
     * @param number counted from 1
     */
    public record Line(String section, String key, String value, int number) {}

    /**
     * The lines of {@code file} that say something; none if there is no such file.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} for a line that is neither of the known forms, {@link ErrorCode#IO_FAILED}
     *     if the file cannot be read
     */
    public static List<Line> read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT, file + " is larger than 1 MiB; that cannot be a settings file");
            }
            return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + file + " as UTF-8 text: " + e, e);
        }
    }

    /**
     * The lines of {@code text} that say something.
     *
     * @param name of the text, for messages
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} for a line that is neither of the known forms
     */
    public static List<Line> parse(String text, String name) {
        List<Line> lines = new ArrayList<>();
        String section = "";
        int number = 0;
        for (String raw : text.split("\\R", -1)) {
            number++;
            String line = (number == 1 && raw.startsWith("\uFEFF") ? raw.substring(1) : raw).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1).strip();
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT, name + ":" + number + ": \"" + line + "\" is not of the form key = value");
            }
            lines.add(new Line(
                    section,
                    line.substring(0, equals).strip(),
                    line.substring(equals + 1).strip(),
                    number));
        }
        return lines;
    }
}

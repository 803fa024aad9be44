package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.SettingsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;

/**
 * What is known about an installed model file, kept beside it.
 *
 * @param file name of the model file in the same folder
 * @param source where it came from
 * @param licence may be empty
 * @param sha256 of the whole file, in lower-case hexadecimal
 * @param bytes length of the file
 * @param modifiedMillis the file's time of modification when the checksum was last known to be right
 */
record ModelRecord(String file, String source, String licence, String sha256, long bytes, long modifiedMillis) {
    /** Name of the record in a model's folder. It appears last, so that a folder with a record is complete. */
    static final String FILE = "model.properties";

    static ModelRecord read(Path folder) {
        Path path = folder.resolve(FILE);
        Map<String, String> values = new HashMap<>();
        SettingsFile.read(path).forEach(line -> values.put(line.key(), line.value()));
        try {
            ModelRecord result = new ModelRecord(
                    values.getOrDefault("file", ""),
                    values.getOrDefault("source", ""),
                    values.getOrDefault("licence", ""),
                    values.getOrDefault("sha256", ""),
                    Long.parseLong(values.getOrDefault("bytes", "")),
                    Long.parseLong(values.getOrDefault("modified", "")));
            ModelStore.checkName(result.file);
            return result;
        } catch (NumberFormatException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED,
                    path + " is damaged; `theseus models remove " + folder.getFileName()
                            + "` and fetch the model again",
                    e);
        }
    }

    void write(Path folder) throws IOException {
        Path part = folder.resolve(FILE + ".part");
        Files.writeString(
                part,
                "# Written by theseus when the model was fetched; do not edit.\nfile = " + file + "\nsource = " + source
                        + "\nlicence = " + licence + "\nsha256 = " + sha256 + "\nbytes = " + bytes + "\nmodified = "
                        + modifiedMillis + "\n",
                StandardCharsets.UTF_8);
        Files.move(part, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The same with the time of modification that {@code path} has now. */
    ModelRecord touched(Path path) throws IOException {
        return new ModelRecord(
                file,
                source,
                licence,
                sha256,
                bytes,
                Files.getLastModifiedTime(path).toMillis());
    }
}

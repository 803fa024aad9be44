package io.theseus.orchestrator.meaning;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Outcomes of pairs that people labelled, which the statistics start from: docs/meaning.md says where they are from. */
final class Calibration {
    private static final String FILE = "calibration.txt";

    private Calibration() {}

    /** So many pairs at a cosine, all right or all wrong. */
    record Known(double cosine, boolean right, double count) {}

    static List<Known> read() {
        try (InputStream in = Calibration.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new TheseusException(ErrorCode.INTERNAL, "the program's own " + FILE + " is missing");
            }
            List<Known> known = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] fields = line.strip().split("\\s+", -1);
                    double cosine = Double.parseDouble(fields[0]);
                    known.add(new Known(cosine, true, Double.parseDouble(fields[1])));
                    known.add(new Known(cosine, false, Double.parseDouble(fields[2])));
                }
            }
            return known;
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read the program's own " + FILE + ": " + e, e);
        }
    }
}

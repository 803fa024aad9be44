package io.theseus.testkit.meaning;

import io.theseus.testkit.meaning.MeaningPair.Half;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The labelled sets: generated from templates with a fixed seed, and written by hand. */
public final class MeaningPairs {
    private static final int PER_TEMPLATE = 8;
    private static final int TRIES = 64;
    private static final long SEED = 0x7E5E05;
    private static final Pattern SLOT = Pattern.compile("\\{(\\w+)('?)}");

    private MeaningPairs() {}

    /** Pairs from templates, the same ones in every run. */
    public static List<MeaningPair> generated() {
        Map<String, List<String>> fillers = new HashMap<>();
        for (String line : lines("fillers.txt")) {
            int colon = line.indexOf(':');
            fillers.put(
                    line.substring(0, colon),
                    Arrays.stream(line.substring(colon + 1).split(","))
                            .map(String::strip)
                            .toList());
        }
        SplittableRandom random = new SplittableRandom(SEED);
        List<MeaningPair> pairs = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String line : lines("templates.txt")) {
            String[] parts = line.split("\\|", -1);
            int place = seen.merge(parts[0], 1, Integer::sum);
            Set<List<String>> made = new LinkedHashSet<>();
            for (int i = 0; i < TRIES && made.size() < PER_TEMPLATE; i++) {
                made.add(fill(parts[1].strip(), parts[2].strip(), fillers, random));
            }
            made.forEach(texts -> pairs.add(pair(parts[0], texts.get(0), texts.get(1), line, place)));
        }
        return pairs;
    }

    /** Pairs written by hand. */
    public static List<MeaningPair> handWritten() {
        List<MeaningPair> pairs = new ArrayList<>();
        for (String line : lines("handwritten.txt")) {
            String[] parts = line.split("\\|", -1);
            pairs.add(pair(parts[0], parts[1].strip(), parts[2].strip(), line, pairs.size()));
        }
        return pairs;
    }

    private static MeaningPair pair(String kind, String a, String b, String origin, int place) {
        Half half = place % 2 == 0 ? Half.DEVELOP : Half.REPORT;
        return new MeaningPair(a, b, kind.startsWith("="), kind.substring(1).strip(), origin, half);
    }

    private static List<String> fill(String a, String b, Map<String, List<String>> fillers, SplittableRandom random) {
        Map<String, String> chosen = new HashMap<>();
        return List.of(fillOne(a, fillers, random, chosen), fillOne(b, fillers, random, chosen));
    }

    private static String fillOne(
            String text, Map<String, List<String>> fillers, SplittableRandom random, Map<String, String> chosen) {
        return SLOT.matcher(text).replaceAll(slot -> {
            String name = slot.group(1);
            String other = name + (slot.group(2).isEmpty() ? "'" : "");
            List<String> values = fillers.get(name);
            if (values == null) {
                throw new IllegalStateException("no fillers named " + name + " for: " + text);
            }
            String value = chosen.computeIfAbsent(slot.group(1) + slot.group(2), key -> {
                String taken = chosen.get(other);
                String picked;
                do {
                    picked = values.get(random.nextInt(values.size()));
                } while (picked.equals(taken));
                return picked;
            });
            return Matcher.quoteReplacement(value);
        });
    }

    private static List<String> lines(String name) {
        try (InputStream in = MeaningPairs.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the test data " + name + " is missing");
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

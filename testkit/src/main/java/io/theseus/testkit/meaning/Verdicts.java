package io.theseus.testkit.meaning;

import io.theseus.testkit.meaning.MeaningPair.Half;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Counts what a guard decided about labelled pairs, and says how sure the rates are. */
public final class Verdicts {
    /** Of a 95 % interval. */
    private static final double Z = 1.959963984540054;

    private final Map<String, int[]> byKind = new TreeMap<>();
    private final List<MeaningPair> wrong = new ArrayList<>();
    private int served;
    private int right;
    private int paraphrases;
    private int all;

    /** Decides every pair of {@code half} with {@code serves}. */
    public static Verdicts of(List<MeaningPair> pairs, Half half, Predicate<MeaningPair> serves) {
        Verdicts verdicts = new Verdicts();
        pairs.stream().filter(pair -> pair.half() == half).forEach(pair -> verdicts.add(pair, serves.test(pair)));
        return verdicts;
    }

    private void add(MeaningPair pair, boolean serve) {
        int[] counts = byKind.computeIfAbsent((pair.same() ? "= " : "! ") + pair.kind(), kind -> new int[2]);
        counts[0]++;
        all++;
        paraphrases += pair.same() ? 1 : 0;
        if (serve) {
            counts[1]++;
            served++;
            right += pair.same() ? 1 : 0;
            if (!pair.same()) {
                wrong.add(pair);
            }
        }
    }

    /** Pairs that were served and must not be. */
    public List<MeaningPair> wrong() {
        return List.copyOf(wrong);
    }

    /** Right of served. */
    public double precision() {
        return served == 0 ? 0 : (double) right / served;
    }

    /** Served of all paraphrases. */
    public double recall() {
        return paraphrases == 0 ? 0 : (double) right / paraphrases;
    }

    /** The rates with their 95 % Wilson intervals, and served/all for each kind. */
    public String report() {
        StringBuilder text = new StringBuilder();
        text.append("precision ").append(rate(right, served));
        text.append(", recall ").append(rate(right, paraphrases));
        text.append(", wrong/all ").append(rate(served - right, all));
        byKind.forEach((kind, counts) -> text.append("\n  ")
                .append(kind)
                .append(": ")
                .append(counts[1])
                .append(" of ")
                .append(counts[0])
                .append(" served"));
        return text.toString();
    }

    /**
     * A rate with its 95 % interval.
     *
     * <p>Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
     */
    static String rate(int hits, int of) {
        if (of == 0) {
            return "none of none";
        }
        double p = (double) hits / of;
        double middle = (p + Z * Z / (2 * of)) / (1 + Z * Z / of);
        double reach = Z / (1 + Z * Z / of) * Math.sqrt(p * (1 - p) / of + Z * Z / (4.0 * of * of));
        return String.format(
                Locale.ROOT, "%d/%d = %.4f [%.4f, %.4f]", hits, of, p, Math.max(0, middle - reach), middle + reach);
    }
}

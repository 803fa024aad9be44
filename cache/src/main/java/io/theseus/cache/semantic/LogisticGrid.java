package io.theseus.cache.semantic;

/**
 * The models among which the checked outcomes choose: P(right at cosine s) = (1 - loss) / (1 + exp(-slope (s - threshold))).
 *
 * <p>A point of the grid is a model: {@code loss}, how often an answer is wrong however near the question, {@code 1 - threshold} and
 * {@code slope} are spaced evenly in their logarithms. Cosines are sorted into bins, spaced evenly in the logarithm of 1 - s, so that
 * the logarithms of all probabilities can be had from a table.
 *
 * <p>Source of the idea, a logistic fit per entry whose uncertainty counts against it: Schroeder et al., vCache: Verified Semantic
 * Prompt Caching, arXiv 2502.03771.
 */
final class LogisticGrid {
    /** Cosines below are not served, whatever the statistics say; the mission's candidate filter. */
    static final double FLOOR = 0.92;

    static final int BINS = 24;
    private static final double NEAREST = 1e-4; // distances below count as this

    private static final int LOSSES = 40;
    private static final double LEAST_LOSS = 1e-4;
    private static final double MOST_LOSS = 0.7;
    private static final int THRESHOLDS = 12;
    private static final int SLOPES = 6;

    static final int MODELS = LOSSES * THRESHOLDS * SLOPES;

    private final float[] logRight = new float[BINS * MODELS];
    private final float[] logWrong = new float[BINS * MODELS];
    private final float[] least = new float[BINS * MODELS]; // P(right) at the next greater loss of the grid

    LogisticGrid() {
        for (int bin = 0; bin < BINS; bin++) {
            double s = 1 - distance(bin);
            for (int model = 0; model < MODELS; model++) {
                double curve = curve(model % (THRESHOLDS * SLOPES), s);
                int loss = model / (THRESHOLDS * SLOPES);
                double right = (1 - loss(loss)) * curve;
                logRight[bin * MODELS + model] = (float) Math.log(right);
                logWrong[bin * MODELS + model] = (float) Math.log1p(-right);
                least[bin * MODELS + model] = (float) ((1 - loss(loss + 1)) * curve);
            }
        }
    }

    private static double loss(int i) {
        return LEAST_LOSS * Math.pow(MOST_LOSS / LEAST_LOSS, i / (double) (LOSSES - 1));
    }

    private static double curve(int shape, double s) {
        double threshold = 1 - Math.pow(10, -3 + 3.0 * Math.floorDiv(shape, SLOPES) / (THRESHOLDS - 1)); // 0.999 to 0
        double slope = 16 * Math.pow(256, (shape % SLOPES) / (double) (SLOPES - 1)); // 16 to 4096
        return 1 / (1 + Math.exp(-slope * (s - threshold)));
    }

    /** The bin of a cosine of at least {@link #FLOOR}. */
    static int bin(double cosine) {
        double distance = Math.clamp(1 - cosine, NEAREST, 1 - FLOOR);
        double place = Math.log(distance / NEAREST) / Math.log((1 - FLOOR) / NEAREST);
        return (int) Math.rint(place * (BINS - 1));
    }

    private static double distance(int bin) {
        return NEAREST * Math.pow((1 - FLOOR) / NEAREST, bin / (double) (BINS - 1));
    }

    /** Adds {@code weight} outcomes in {@code bin} to the logarithms of the models' likelihoods, (MODELS). */
    void add(float[] likelihoods, int bin, boolean right, double weight) {
        float[] table = right ? logRight : logWrong;
        float w = (float) weight;
        for (int model = 0, at = bin * MODELS; model < MODELS; model++, at++) {
            likelihoods[model] += w * table[at];
        }
    }

    /**
     * The least P(right) in {@code bin} that the outcomes leave possible: over all models whose likelihood is within a factor of {@link
     * ErrorBound#DOUBT} of the best model's.
     */
    double leastRight(float[] likelihoods, int bin) {
        float best = Float.NEGATIVE_INFINITY;
        for (float likelihood : likelihoods) {
            best = Math.max(best, likelihood);
        }
        float from = (float) (best + Math.log(ErrorBound.DOUBT));
        float right = 1;
        for (int model = 0, at = bin * MODELS; model < MODELS; model++, at++) {
            if (likelihoods[model] >= from) {
                right = Math.min(right, least[at]);
            }
        }
        return right;
    }
}

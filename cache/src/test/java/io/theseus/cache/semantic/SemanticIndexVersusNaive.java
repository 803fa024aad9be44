package io.theseus.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.semantic.SemanticIndex.Neighbour;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index against a map that is searched entry by entry, in floats. */
class SemanticIndexVersusNaive {
    private record Entry(String context, float[] embedding) {}

    private final Map<Integer, Entry> naive = new LinkedHashMap<>();

    private static float[] unit(Random random, int n, float[] near, double spread) {
        float[] v = new float[n];
        double squares = 0;
        for (int i = 0; i < n; i++) {
            v[i] = (float) (near[i] + random.nextGaussian() * spread);
            squares += (double) v[i] * v[i];
        }
        for (int i = 0; i < n; i++) {
            v[i] /= (float) Math.sqrt(squares);
        }
        return v;
    }

    private List<Neighbour<Integer>> search(String context, float[] query, double floor, int most) {
        List<Neighbour<Integer>> found = new ArrayList<>();
        naive.forEach((key, entry) -> {
            double cosine = 0;
            for (int i = 0; i < query.length; i++) {
                cosine += (double) entry.embedding[i] * query[i];
            }
            if (entry.context.equals(context) && cosine >= floor) {
                found.add(new Neighbour<>(key, cosine));
            }
        });
        found.sort(
                Comparator.comparingDouble((Neighbour<Integer> n) -> n.cosine()).reversed());
        return found.subList(0, Math.min(most, found.size()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void findsWhatALookAtEveryEntryFinds(long seed) {
        Random random = new Random(seed);
        int n = List.of(384, 64, 100, 1).get((int) seed - 1);
        SemanticIndex<Integer> index = new SemanticIndex<>(n);
        List<float[]> centres = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            centres.add(unit(random, n, new float[n], 1));
        }
        int found = 0;
        for (int step = 0; step < 3000; step++) {
            String context = "context " + random.nextInt(3);
            float[] vector = unit(random, n, centres.get(random.nextInt(6)), random.nextDouble() * 0.8 / Math.sqrt(n));
            int key = random.nextInt(4000);
            switch (random.nextInt(8)) {
                case 0 -> {
                    assertThat(index.remove(key))
                            .as("seed %d step %d", seed, step)
                            .isEqualTo(naive.remove(key) != null);
                }
                case 1 -> {
                    double floor = 0.5 + random.nextDouble() / 2;
                    int most = 1 + random.nextInt(20);
                    List<Neighbour<Integer>> expected = search(context, vector, floor, most);
                    found += expected.size();
                    List<Neighbour<Integer>> actual = index.nearest(context, vector, floor, most);
                    assertThat(actual.stream().map(Neighbour::cosine))
                            .as("seed %d step %d", seed, step)
                            .isEqualTo(expected.stream().map(Neighbour::cosine).toList());
                    assertThat(actual)
                            .allSatisfy(neighbour -> assertThat(naive.get(neighbour.key()).context)
                                    .isEqualTo(context));
                }
                default -> {
                    index.put(context, key, vector);
                    naive.put(key, new Entry(context, vector));
                }
            }
        }
        assertThat(index.size()).isEqualTo(naive.size());
        assertThat(found).isGreaterThan(200);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void vectorAndScalarProductsAgree(long seed) {
        Random random = new Random(seed);
        int stride = 64 * (1 + random.nextInt(8));
        byte[] rows = new byte[37 * stride];
        random.nextBytes(rows);
        int[] query = new int[stride];
        for (int i = 0; i < stride; i++) {
            query[i] = random.nextInt(-128, 128);
        }
        int[] expected = new int[37];
        int[] actual = new int[37];
        ByteProducts.scalar(rows, 37, stride, query, expected);
        VectorProducts.of(rows, 37, stride, query, actual);
        assertThat(actual).isEqualTo(expected);
    }
}

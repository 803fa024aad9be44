package io.theseus.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MergeQueueVersusNaive {
    @Test
    void joinsInTheOrderOfTheQuadraticDefinition() {
        for (int seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            int kinds = 2 + random.nextInt(6);
            long[][] table = table(random, kinds);
            List<Integer> input =
                    random.ints(random.nextInt(40), 0, kinds).boxed().toList();
            TableQueue queue = new TableQueue(table);
            input.forEach(queue::push);
            queue.merge();
            List<Integer> actual = new ArrayList<>();
            for (int i = 0; i < queue.size; i++) {
                actual.add(queue.symbols[i]);
            }
            assertThat(actual).as("seed %d, input %s", seed, input).isEqualTo(naive(table, input));
        }
    }

    @Test
    void workOnOneLongWordStaysNearLinear() {
        // Everything joins with everything: the longest chain of joins there can be.
        long[][] table = new long[20][20];
        for (int left = 0; left < 20; left++) {
            for (int right = 0; right < 20; right++) {
                table[left][right] = left == right && left < 19 ? (long) left << 32 | left + 1 : MergeQueue.NO_PAIR;
            }
        }
        TableQueue queue = new TableQueue(table);
        int n = 1 << 19;
        for (int i = 0; i < n; i++) {
            queue.push(0);
        }
        queue.merge();
        assertThat(queue.size).isEqualTo(1);
        assertThat(queue.symbols[0]).isEqualTo(19);
        assertThat(queue.lookups).as("pairs looked at for %d symbols", n).isLessThan(3L * n);
    }

    /** rank << 32 | joined for some pairs; ranks may repeat, as SentencePiece scores do. */
    private static long[][] table(Random random, int kinds) {
        long[][] table = new long[kinds][kinds];
        for (long[] row : table) {
            for (int right = 0; right < kinds; right++) {
                row[right] = random.nextInt(3) == 0
                        ? MergeQueue.NO_PAIR
                        : (long) random.nextInt(kinds * 2) << 32 | random.nextInt(kinds);
            }
        }
        return table;
    }

    private static List<Integer> naive(long[][] table, List<Integer> input) {
        List<Integer> symbols = new ArrayList<>(input);
        while (true) {
            int best = -1;
            long bestRank = Long.MAX_VALUE;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                long pair = table[symbols.get(i)][symbols.get(i + 1)];
                if (pair != MergeQueue.NO_PAIR && pair >>> 32 < bestRank) {
                    bestRank = pair >>> 32;
                    best = i;
                }
            }
            if (best < 0) {
                return symbols;
            }
            symbols.set(best, (int) table[symbols.get(best)][symbols.get(best + 1)]);
            symbols.remove(best + 1);
        }
    }

    private static final class TableQueue extends MergeQueue {
        private final long[][] table;
        private long lookups;

        TableQueue(long[][] table) {
            this.table = table;
        }

        @Override
        long pair(int left, int right) {
            lookups++;
            return table[symbols[left]][symbols[right]];
        }
    }
}

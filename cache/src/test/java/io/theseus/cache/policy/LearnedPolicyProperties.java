package io.theseus.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.policy.LearnedPolicy.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever the traffic: whoever does what the outcomes say holds exactly what the policy believes, and never too much. */
class LearnedPolicyProperties {
    @Test
    void outcomesTellTheWholeStory() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            long capacity = 1 + random.nextInt(400);
            LearnedPolicy<String> policy = new LearnedPolicy<>(capacity, 50 + random.nextInt(500));
            Map<String, Long> files = new HashMap<>();
            Set<String> pinned = new HashSet<>();
            List<String> promised = List.of();
            double now = 0;
            for (int i = 0; i < 600; i++) {
                String run = "seed " + seed + " round " + round + " request " + i;
                now += random.nextDouble() * 20;
                List<String> chain = chain(random);
                long bytes = chain.getFirst().charAt(0) == 'a' ? 3 : 7;
                Outcome<String> outcome = policy.request(chain, random.nextInt(5) == 0, bytes, now);
                int held = 0;
                while (held < chain.size() && files.containsKey(chain.get(held))) {
                    held++;
                }
                assertThat(outcome.hits()).as(run).isEqualTo(held);
                for (String gone : outcome.forgotten()) {
                    assertThat(files.remove(gone)).as(run + " " + gone).isNotNull();
                    assertThat(pinned).as(run).doesNotContain(gone);
                }
                chain.subList(0, outcome.stored()).forEach(key -> files.put(key, bytes));
                if (random.nextInt(40) == 0 && !files.isEmpty()) {
                    String lost = List.copyOf(files.keySet()).get(random.nextInt(files.size()));
                    List<String> gone = policy.forget(lost);
                    assertThat(gone).as(run).contains(lost);
                    gone.forEach(key -> assertThat(files.remove(key)).as(run).isNotNull());
                    if (gone.stream().anyMatch(pinned::contains)) {
                        policy.pin(promised, false);
                        pinned.clear();
                    }
                }
                if (pinned.isEmpty() && random.nextInt(100) == 0) {
                    promised = chain.subList(0, outcome.stored());
                    policy.pin(promised, true);
                    pinned.addAll(promised);
                }
                long total = files.values().stream().mapToLong(Long::longValue).sum();
                assertThat(policy.bytes()).as(run).isEqualTo(total);
                assertThat(policy.size()).as(run).isEqualTo(files.size());
                assertThat(total).as(run).isLessThanOrEqualTo(capacity);
                for (String key : files.keySet()) {
                    assertThat(key.length() == 1 || files.containsKey(key.substring(0, key.length() - 1)))
                            .as(run + ": " + key + " without what it follows")
                            .isTrue();
                }
            }
        }
    }

    /** A path in a tree, a key being the whole path to its block. */
    private static List<String> chain(Random random) {
        List<String> chain = new ArrayList<>();
        StringBuilder path = new StringBuilder(random.nextBoolean() ? "a" : "b");
        for (int depth = random.nextInt(8); depth >= 0; depth--) {
            chain.add(path.toString());
            path.append((char) ('a' + random.nextInt(1 + random.nextInt(4))));
        }
        return chain;
    }
}

package io.theseus.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Traffic of different characters: what is worth keeping is kept, without being told what kind it is. */
class LearnedPolicyTest {
    private static final int BLOCK = 512;

    private long ids;

    private List<Long> fresh(int count) {
        List<Long> chain = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chain.add(ids++);
        }
        return chain;
    }

    private static Trace.Request request(double seconds, List<Long> chain) {
        return new Trace.Request(seconds, chain.size() * BLOCK, chain);
    }

    @Test
    void documentsReadOnceDoNotPushOutAPromptThatComesBack() {
        Random random = new Random(1);
        List<Long> prompt = fresh(10);
        List<Trace.Request> requests = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            List<Long> chain = i % 20 == 0 ? new ArrayList<>(prompt) : new ArrayList<>();
            chain.addAll(fresh(5 + random.nextInt(10)));
            requests.add(request(i, chain));
        }
        TraceReplay replay = new TraceReplay(new Trace(requests, BLOCK), 100 * BLOCK);
        assertThat(replay.leastRecentlyUsed()).isZero();
        assertThat(replay.learned()).isGreaterThan(0.85 * replay.bound());
    }

    @Test
    void ofARoundTooLongForTheCacheAPartIsKept() {
        List<List<Long>> round = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            round.add(fresh(10));
        }
        List<Trace.Request> requests = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            requests.add(request(i, round.get(i % 100)));
        }
        TraceReplay replay = new TraceReplay(new Trace(requests, BLOCK), 500 * BLOCK);
        assertThat(replay.leastRecentlyUsed()).isZero();
        assertThat(replay.learned()).isGreaterThan(0.8 * replay.bound());
    }

    @Test
    void conversationsOutliveSingleQuestions() {
        Random random = new Random(5);
        List<Trace.Request> requests = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            List<Long> chain = fresh(4);
            double at = i * 2;
            requests.add(request(at, chain));
            if (i % 4 == 0) {
                for (int turn = 0; turn < 6; turn++) {
                    at += 20 + random.nextInt(60);
                    chain = new ArrayList<>(chain);
                    chain.addAll(fresh(2));
                    requests.add(request(at, chain));
                }
            }
        }
        requests.sort(java.util.Comparator.comparingDouble(Trace.Request::seconds));
        for (int blocks : new int[] {100, 200, 400}) {
            TraceReplay replay = new TraceReplay(new Trace(requests, BLOCK), (long) blocks * BLOCK);
            assertThat(replay.learned())
                    .as("%d blocks, bound %f", blocks, replay.bound())
                    .isGreaterThan(replay.leastRecentlyUsed());
        }
    }

    @Test
    void whatIsPinnedStays() {
        LearnedPolicy<Long> policy = new LearnedPolicy<>(20, 1000);
        List<Long> prompt = fresh(5);
        assertThat(policy.request(prompt, false, 1, 0).stored()).isEqualTo(5);
        policy.pin(prompt, true);
        for (int i = 0; i < 500; i++) {
            policy.request(fresh(7), false, 1, i);
        }
        assertThat(policy.held(prompt)).isEqualTo(5);
        policy.pin(prompt, false);
        for (int i = 500; i < 2000; i++) {
            policy.request(fresh(7), false, 1, i);
        }
        assertThat(policy.held(prompt)).isZero();
    }
}

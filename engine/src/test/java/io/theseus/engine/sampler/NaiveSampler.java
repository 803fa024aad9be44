package io.theseus.engine.sampler;

import io.theseus.engine.tensor.ExactMath;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Rule 11 read aloud: sort everything, cut prefixes, walk to the target. The oracle of {@link TokenSampler}. */
final class NaiveSampler {
    private NaiveSampler() {}

    static int sample(float[] raw, SamplingParameters p, int[] prompt, List<Integer> answer, long position) {
        float[] l = adjust(raw, p, prompt, answer);
        List<Integer> order = new ArrayList<>(IntStream.range(0, l.length)
                .boxed()
                .sorted((a, b) -> l[a] != l[b] ? Float.compare(l[b], l[a]) : a - b)
                .toList());
        float max = l[order.getFirst()];
        if (p.temperature() < 0x1p-17f) {
            return order.getFirst();
        }
        if (p.topK() > 0 && p.topK() < order.size()) {
            order = order.subList(0, p.topK());
        }
        BigInteger[] c = new BigInteger[l.length];
        float inverse = (float) (1.0 / p.temperature());
        for (int id : order) {
            c[id] = BigInteger.valueOf((long) Math.rint(ExactMath.exp((l[id] - max) * inverse) * 0x1p30f));
        }
        BigInteger total = sum(order, c);
        BigInteger topP = BigInteger.valueOf(Math.round(p.topP() * 10000.0));
        int length = 0;
        do {
            length++;
        } while (length < order.size()
                && sum(order.subList(0, length), c)
                                .multiply(BigInteger.valueOf(10000))
                                .compareTo(topP.multiply(total))
                        < 0);
        BigInteger minP = BigInteger.valueOf(Math.round(p.minP() * 10000.0)).shiftLeft(30);
        List<Integer> left = order.subList(0, length).stream()
                .filter(id -> c[id].multiply(BigInteger.valueOf(10000)).compareTo(minP) >= 0)
                .toList();
        BigInteger target = sum(left, c).multiply(draw(p.seed(), position)).shiftRight(64);
        BigInteger running = BigInteger.ZERO;
        for (int id : left) {
            running = running.add(c[id]);
            if (running.compareTo(target) > 0) {
                return id;
            }
        }
        throw new AssertionError("the weights do not reach the target");
    }

    private static float[] adjust(float[] raw, SamplingParameters p, int[] prompt, List<Integer> answer) {
        Set<Integer> seen = new HashSet<>(answer);
        Map<Integer, Integer> counts = new HashMap<>();
        IntStream.of(prompt).forEach(seen::add);
        answer.forEach(id -> counts.merge(id, 1, Integer::sum));
        float[] l = raw.clone();
        for (int id = 0; id < l.length; id++) {
            if (seen.contains(id)) {
                l[id] = l[id] > 0 ? l[id] / p.repetitionPenalty() : l[id] * p.repetitionPenalty();
            }
            if (counts.containsKey(id)) {
                float product = (float) counts.get(id) * p.frequencyPenalty();
                l[id] = l[id] - product;
                l[id] = l[id] - p.presencePenalty();
            }
            if (p.logitBias().containsKey(id)) {
                l[id] = l[id] + p.logitBias().get(id);
            }
        }
        return l;
    }

    private static BigInteger sum(List<Integer> ids, BigInteger[] c) {
        return ids.stream().map(id -> c[id]).reduce(BigInteger.ZERO, BigInteger::add);
    }

    static BigInteger draw(long seed, long position) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(ByteBuffer.allocate(8).putLong(seed).array(), "HmacSHA256"));
            byte[] message = new byte[24];
            System.arraycopy(
                    "theseus/sample/1".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, message, 0, 16);
            ByteBuffer.wrap(message).putLong(16, position);
            return new BigInteger(1, java.util.Arrays.copyOf(mac.doFinal(message), 8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}

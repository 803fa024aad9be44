package io.theseus.node.upstream;

import io.theseus.cache.AnswerKind;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.NewAnswer;
import io.theseus.core.CanonicalBytes;
import io.theseus.core.Digest;
import io.theseus.orchestrator.Recall;
import io.theseus.orchestrator.flight.SingleFlight;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Remembers an upstream's answer if it is complete. Its end waits until it is on disk, so that an answer whose end somebody has seen
 * survives the process.
 *
 * @param keys of the request, by the name of the upstream that answered
 * @param near what the meaning layer waits for, if it does
 */
record UpstreamKeeper(
        AnswerCache cache,
        UpstreamPool pool,
        UpstreamRequest request,
        Recall recall,
        Map<String, Digest> keys,
        Optional<UpstreamMeaning> near)
        implements SingleFlight.Ending<Frame> {
    private static final System.Logger LOG = System.getLogger(UpstreamKeeper.class.getName());

    /** After which the end of an answer comes all the same; the disk is then in trouble. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @Override
    public void accept(List<Frame> frames) {
        if (!(frames.getFirst() instanceof Frame.Head head)
                || !(frames.getLast() instanceof Frame.End end)
                || !end.answer()) {
            return;
        }
        Digest key = keys.get(head.upstream());
        Optional<Upstream> from = pool.hosts().stream()
                .map(UpstreamHost::upstream)
                .filter(upstream -> upstream.name().equals(head.upstream()))
                .findFirst();
        if (key == null || from.isEmpty()) {
            return;
        }
        byte[] payload = payload(frames, end);
        try {
            Optional<UpstreamAnswer> answer = UpstreamAnswer.read(payload);
            if (answer.isPresent()) {
                var stored = cache.put(row(key, from.get(), answer.get(), end));
                stored.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                // Comparing answers takes milliseconds, for which nobody waits.
                near.ifPresent(waiting -> {
                    var unused = stored.thenRunAsync(() -> waiting.learn(head.upstream(), key, answer.get()));
                });
            }
        } catch (InterruptedException e) {
            // The one who reads has somewhere else to be; the answer is stored without it waiting.
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "storing an answer takes long; its end goes out before it is on disk");
        } catch (ExecutionException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "an upstream's answer was not remembered", e);
        }
    }

    private static byte[] payload(List<Frame> frames, Frame.End end) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (Frame frame : frames) {
            if (frame instanceof Frame.Part part) {
                payload.writeBytes(part.bytes());
            }
        }
        payload.writeBytes(end.rest());
        return payload.toByteArray();
    }

    private NewAnswer row(Digest key, Upstream from, UpstreamAnswer answer, Frame.End end) {
        Instant ended = cache.clock().instant();
        String model = request.model().isEmpty() ? answer.model() : request.model();
        return new NewAnswer(
                key,
                modelRoot(from, model),
                model,
                "upstream " + from.identity(),
                AnswerKind.UPSTREAM,
                recall.scope(),
                request.question(),
                answer.text(),
                answer.payload(),
                answer.promptTokens(),
                answer.completionTokens(),
                end.nanos(),
                ended.minusNanos(end.nanos()),
                ended);
    }

    /** What this node knows a model of another engine by: SHA-256 of address and name under {@code theseus/upstream-model/1}. */
    static Digest modelRoot(Upstream from, String model) {
        return new CanonicalBytes("theseus/upstream-model/1")
                .text(from.identity())
                .text(model)
                .sha256();
    }
}

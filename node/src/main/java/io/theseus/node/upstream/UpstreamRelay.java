package io.theseus.node.upstream;

import io.theseus.cache.CachedAnswer;
import io.theseus.cache.Scope;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.orchestrator.Provenance;
import io.theseus.orchestrator.Recall;
import io.theseus.orchestrator.flight.FlightRules;
import io.theseus.orchestrator.flight.Seat;
import io.theseus.orchestrator.flight.SingleFlight;
import io.theseus.orchestrator.meaning.Match;
import io.theseus.orchestrator.meaning.MeaningLayer;
import io.theseus.orchestrator.meaning.Meanings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for other engines: remembered, joined to one that runs, or asked for. Their answers cannot be recomputed bit for bit,
 * so one is remembered only if it is complete, under its upstream's address, and its receipt says that nobody has verified it. Safe for
 * use by many threads.
 */
public final class UpstreamRelay {
    private final UpstreamPool pool;
    private final Optional<AnswerCache> cache;
    private final Optional<Meanings> meanings;
    private final SingleFlight<Digest, Frame> flights = new SingleFlight<>(new Rules(), Reading.MOST_BYTES);

    /** A relay that remembers exact questions only. */
    public UpstreamRelay(UpstreamPool pool, Optional<AnswerCache> cache) {
        this(pool, cache, Optional.empty());
    }

    /** @param meanings finds answers by meaning, for those who want it */
    public UpstreamRelay(UpstreamPool pool, Optional<AnswerCache> cache, Optional<Meanings> meanings) {
        this.pool = pool;
        this.cache = cache;
        this.meanings = meanings;
    }

    /** What finds answers by meaning, if anything does. */
    public Optional<Meanings> meanings() {
        return meanings;
    }

    /** An answer on its way. */
    public sealed interface Relayed {
        /** Remembered. */
        record Hit(UpstreamAnswer answer, Provenance provenance) implements Relayed {}

        /**
         * Coming from an upstream.
         *
         * @param frames to be read to their end, and closed
         * @param joined whether somebody else asked for it
         * @param keys of the request, by the name of the upstream that answers; empty = it is not to be remembered
         */
        record Live(Seat<Frame> frames, boolean joined, Map<String, Digest> keys) implements Relayed {
            /** Where it comes from, once it is known who answers. */
            public Provenance provenance(String upstream) {
                Digest key = keys.get(upstream);
                return joined && key != null
                        ? new Provenance.Joined(key)
                        : new Provenance.Computed(Optional.ofNullable(key));
            }
        }
    }

    /** Memory that frames take, and which is the last. */
    private static final class Rules implements FlightRules<Frame> {
        private static final int OBJECT_BYTES = 64;

        @Override
        public boolean ends(Frame frame) {
            return switch (frame) {
                case Frame.Head head -> false;
                case Frame.Part part -> false;
                case Frame.End end -> true;
                case Frame.Failed failed -> true;
            };
        }

        @Override
        public long weight(Frame frame) {
            return OBJECT_BYTES
                    + switch (frame) {
                        case Frame.Head head -> OBJECT_BYTES;
                        case Frame.Part part -> part.bytes().length;
                        case Frame.End end -> end.rest().length;
                        case Frame.Failed failed -> OBJECT_BYTES;
                    };
        }
    }

    /**
     * Begins to answer.
     *
     * @param hosts that can, best first; at least one
     * @throws TheseusException {@code NOT_REMEMBERED} if only a remembered answer is wanted and there is none
     */
    public Relayed open(UpstreamRequest request, List<UpstreamHost> hosts, Recall recall) throws InterruptedException {
        return open(request, hosts, recall, false);
    }

    /**
     * Begins to answer.
     *
     * @param byMeaning whether the answer to another question of the same meaning will do
     */
    public Relayed open(UpstreamRequest request, List<UpstreamHost> hosts, Recall recall, boolean byMeaning)
            throws InterruptedException {
        boolean shared = request.kind() != UpstreamRequest.Kind.OTHER && (request.repeatable() || recall.sampled());
        if (!shared) {
            refuseIfOnlyRemembered(recall);
            return live(flights.alone(), hosts, request, recall, Map.of(), Optional.empty());
        }
        Map<String, Digest> keys = keys(request, hosts);
        boolean reads = recall.control().reads();
        Optional<UpstreamMeaning> near = Optional.empty();
        if (reads) {
            Relayed.Hit hit = remembered(request, keys, recall, false);
            if (hit != null) {
                return hit;
            }
            cache.ifPresent(AnswerCache::miss);
            near = byMeaning ? near(request, keys, recall) : near;
            if (near.isPresent() && near.get().match() instanceof Match.Serves serves) {
                return served(serves);
            }
        }
        refuseIfOnlyRemembered(recall);
        if (!reads) {
            return live(flights.alone(), hosts, request, recall, keys, near);
        }
        Seat<Frame> seat = flights.join(keys.values().iterator().next());
        if (!seat.leads()) {
            keep(seat, recall);
            return new Relayed.Live(seat, true, keys);
        }
        Relayed.Hit late = remembered(request, keys, recall, true);
        if (late != null) {
            // Whoever asked until just now stored it before leaving. Others may already wait for us.
            seat.launch(new RepeatedAnswer(late.answer()), frames -> {});
            seat.close();
            return late;
        }
        return live(seat, hosts, request, recall, keys, near);
    }

    /** What the meaning layer says, if the request is one for it. */
    private Optional<UpstreamMeaning> near(UpstreamRequest request, Map<String, Digest> keys, Recall recall)
            throws InterruptedException {
        UpstreamRequest frame = request.frame().orElse(null);
        MeaningLayer layer = frame == null || cache.isEmpty() || meanings.isEmpty()
                ? null
                : meanings.get().soon().orElse(null);
        if (frame == null || layer == null) {
            return Optional.empty();
        }
        Map<String, Digest> contexts = new LinkedHashMap<>();
        for (UpstreamHost host : pool.hosts()) {
            if (keys.containsKey(host.upstream().name())) {
                contexts.put(host.upstream().name(), frame.key(host.upstream()));
            }
        }
        AnswerCache answers = cache.get();
        return layer.match(
                        List.copyOf(contexts.values()),
                        request.question(),
                        found -> usable(found, request, recall, age(found, answers)) != null)
                .map(match -> new UpstreamMeaning(layer, match, contexts));
    }

    private Relayed.Hit served(Match.Serves serves) {
        AnswerCache answers = cache.orElseThrow();
        CachedAnswer found = serves.answer();
        answers.hit(found);
        return new Relayed.Hit(
                UpstreamAnswer.read(found.payload()).orElseThrow(),
                new Provenance.Meant(found, age(found, answers), serves.cosine()));
    }

    /** A remembered answer, if it is young enough and tells what {@code request} wants to know. */
    private static @Nullable UpstreamAnswer usable(
            CachedAnswer found, UpstreamRequest request, Recall recall, Duration age) {
        boolean fresh =
                recall.control().maxAge().map(most -> age.compareTo(most) <= 0).orElse(true);
        UpstreamAnswer answer = fresh ? UpstreamAnswer.read(found.payload()).orElse(null) : null;
        return answer == null || (request.includeUsage() && request.stream() && !answer.counted()) ? null : answer;
    }

    private static void refuseIfOnlyRemembered(Recall recall) {
        if (recall.control().onlyIfCached()) {
            throw new TheseusException(
                    ErrorCode.NOT_REMEMBERED,
                    "this answer is not remembered, and the request allows nothing else (only-if-cached)");
        }
    }

    /** By the name of each upstream, always in the order of the settings: the first is what requests are joined by. */
    private Map<String, Digest> keys(UpstreamRequest request, List<UpstreamHost> hosts) {
        Map<String, Digest> keys = new LinkedHashMap<>();
        for (UpstreamHost host : pool.hosts()) {
            if (hosts.contains(host)) {
                keys.put(host.upstream().name(), request.key(host.upstream()));
            }
        }
        return keys;
    }

    /** @param recently whether only memory is looked into */
    private Relayed.@Nullable Hit remembered(
            UpstreamRequest request, Map<String, Digest> keys, Recall recall, boolean recently)
            throws InterruptedException {
        if (cache.isEmpty()) {
            return null;
        }
        AnswerCache answers = cache.get();
        for (Digest key : keys.values()) {
            CachedAnswer found = (recently ? answers.recent(key) : answers.find(key)).orElse(null);
            if (found == null) {
                continue;
            }
            Duration age = age(found, answers);
            UpstreamAnswer answer = usable(found, request, recall, age);
            if (answer == null) {
                continue;
            }
            answers.hit(found);
            if (recall.scope() == Scope.SWARM && found.info().scope() == Scope.PRIVATE) {
                answers.scope(key, Scope.SWARM);
            }
            return new Relayed.Hit(answer, new Provenance.Remembered(found, age));
        }
        return null;
    }

    private static Duration age(CachedAnswer answer, AnswerCache cache) {
        Duration age = Duration.between(answer.info().created(), cache.clock().instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    private Relayed live(
            Seat<Frame> seat,
            List<UpstreamHost> hosts,
            UpstreamRequest request,
            Recall recall,
            Map<String, Digest> keys,
            Optional<UpstreamMeaning> near) {
        try {
            if (!keys.isEmpty()) {
                keep(seat, recall);
            }
            UpstreamSource source = new UpstreamSource(pool.client(), hosts, request, !keys.isEmpty());
            seat.launch(
                    source,
                    frames -> cache.filter(there -> !frames.isEmpty())
                            .ifPresent(there ->
                                    new UpstreamKeeper(there, pool, request, recall, keys, near).accept(frames)));
            return new Relayed.Live(seat, false, keys);
        } catch (RuntimeException e) {
            seat.fail(new TheseusException(ErrorCode.INTERNAL, "the upstream could not be asked: " + e, e));
            seat.close();
            throw e;
        }
    }

    private void keep(Seat<Frame> seat, Recall recall) {
        if (cache.isPresent() && recall.control().writes()) {
            seat.keep();
        }
    }

    /** How often a request joined one that was already on its way. */
    public long joins() {
        return flights.joins();
    }

    public UpstreamPool pool() {
        return pool;
    }
}

package io.theseus.orchestrator.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SingleFlightTest {
    private static final FlightRules<String> RULES = new FlightRules<>() {
        @Override
        public boolean ends(String event) {
            return event.equals("end");
        }

        @Override
        public long weight(String event) {
            return event.length();
        }
    };

    /** A source that a test fills. */
    private static final class Hand implements Source<String> {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final CountDownLatch cancelled = new CountDownLatch(1);

        @Override
        public String poll(long millis) throws InterruptedException {
            return events.poll(millis, TimeUnit.MILLISECONDS);
        }

        @Override
        public void cancel() {
            cancelled.countDown();
        }
    }

    private final SingleFlight<String, String> flights = new SingleFlight<>(RULES, 1000);
    private final List<List<String>> endings = new ArrayList<>();

    private Seat<String> lead(String key, Hand source) {
        Seat<String> seat = flights.join(key);
        assertThat(seat.leads()).isTrue();
        seat.launch(source, endings::add);
        return seat;
    }

    @Test
    void aLateOneGetsTheBeginningAtOnce() throws Exception {
        Hand source = new Hand();
        Seat<String> leader = lead("k", source);
        source.events.addAll(List.of("a", "b"));
        assertThat(leader.poll(1000)).isEqualTo("a");
        assertThat(leader.poll(1000)).isEqualTo("b");
        Seat<String> late = flights.join("k");
        late.keep();
        assertThat(late.leads()).isFalse();
        assertThat(late.poll(0)).isEqualTo("a");
        assertThat(late.poll(0)).isEqualTo("b");
        assertThat(late.poll(0)).isNull();
        source.events.add("end");
        assertThat(late.poll(1000)).isEqualTo("end");
        assertThat(late.poll(0)).isEqualTo("end");
        assertThat(leader.poll(0)).isEqualTo("end");
        assertThat(endings).containsExactly(List.of("a", "b", "end"));
        assertThat(flights.join("k").leads()).as("over").isTrue();
    }

    @Test
    void withoutAWishNothingIsKept() throws Exception {
        Hand source = new Hand();
        Seat<String> leader = lead("k", source);
        source.events.addAll(List.of("a", "end"));
        leader.poll(1000);
        leader.poll(1000);
        assertThat(endings).containsExactly(List.of());
    }

    @Test
    void aSlowReaderNeitherHoldsTheOthersNorIsKeptForWithoutBound() throws Exception {
        Hand source = new Hand();
        Seat<String> fast = lead("k", source);
        fast.keep();
        Seat<String> slow = flights.join("k");
        String event = "x".repeat(100);
        for (int i = 0; i < 30; i++) {
            source.events.add(event);
            assertThat(fast.poll(1000)).isEqualTo(event);
        }
        source.events.add("end");
        assertThat(fast.poll(1000)).isEqualTo("end");
        assertThatThrownBy(() -> slow.poll(0))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(endings).as("too much to keep").containsExactly(List.of());
    }

    @Test
    void whoeverWaitsForAFailedStartHearsWhy() throws Exception {
        Seat<String> leader = flights.join("k");
        Seat<String> other = flights.join("k");
        leader.fail(TheseusException.busy("full", java.time.Duration.ofSeconds(1)));
        assertThatThrownBy(() -> other.poll(1000)).hasMessage("full");
        assertThat(flights.join("k").leads()).isTrue();
    }

    @Test
    void aSourceThatThrowsEndsTheFlightForAll() throws Exception {
        Seat<String> leader = flights.join("k");
        Seat<String> other = flights.join("k");
        leader.launch(
                new Source<>() {
                    @Override
                    public String poll(long millis) {
                        throw new IllegalStateException("broken");
                    }

                    @Override
                    public void cancel() {
                        // Never called: it is over.
                    }
                },
                endings::add);
        assertThatThrownBy(() -> leader.poll(1000)).hasMessageContaining("broken");
        assertThatThrownBy(() -> other.poll(1000)).hasMessageContaining("broken");
    }

    @Test
    void theLastToLeaveCancelsEvenBeforeTheLaunch() throws Exception {
        Seat<String> leader = flights.join("k");
        leader.close();
        Hand source = new Hand();
        leader.launch(source, endings::add);
        assertThat(source.cancelled.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(leader.poll(0)).isNull();
    }

    /** Readers that come, wait, and leave at random; whoever stays to the end has read everything, once and in order. */
    @Test
    void manyReadersAtRandomAllReadTheSame() throws Exception {
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 30; round++) {
            SingleFlight<String, String> sky = new SingleFlight<>(RULES, 1 << 20);
            int length = 1 + random.nextInt(40);
            Hand source = new Hand();
            Seat<String> leader = sky.join("k");
            leader.launch(source, events -> {});
            List<Seat<String>> seats = new ArrayList<>(List.of(leader));
            for (int i = 0; i < 8; i++) {
                seats.add(sky.join("k"));
            }
            int leaving = random.nextInt(seats.size() - 1);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<List<String>>> reads = new ArrayList<>();
                for (int i = 0; i < seats.size(); i++) {
                    Seat<String> seat = seats.get(i);
                    int most = i < leaving ? random.nextInt(length) : Integer.MAX_VALUE;
                    reads.add(threads.submit((Callable<List<String>>) () -> read(seat, most)));
                }
                List<String> all = new ArrayList<>();
                for (int i = 0; i < length; i++) {
                    all.add("e" + i);
                    source.events.add("e" + i);
                }
                all.add("end");
                source.events.add("end");
                for (int i = 0; i < reads.size(); i++) {
                    List<String> got = reads.get(i).get(20, TimeUnit.SECONDS);
                    assertThat(got)
                            .as("seed %d round %d reader %d", seed, round, i)
                            .isEqualTo(all.subList(0, got.size()));
                    assertThat(i < leaving || got.size() == all.size()).isTrue();
                }
            }
            assertThat(sky.running()).isZero();
        }
    }

    private static List<String> read(Seat<String> seat, int most) throws InterruptedException {
        List<String> got = new ArrayList<>();
        while (got.size() < most) {
            String event = seat.poll(5000);
            assertThat(event).isNotNull();
            got.add(event);
            if (event.equals("end")) {
                break;
            }
        }
        seat.close();
        return got;
    }
}

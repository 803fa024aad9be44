package io.theseus.cache.store;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A thread of its own for native calls, which would pin the carriers of virtual threads. Work comes through one bounded queue; what waits
 * together is written in one transaction, so that many small writes cost one commit.
 */
final class Lane implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Lane.class.getName());
    private static final int QUEUE = 1024;
    private static final int LARGEST_BATCH = 64;

    /** Something to do with the database. */
    @FunctionalInterface
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    /** Where sessions come from, and who hears that one is broken. */
    interface Source {
        Session open() throws SQLException;

        /** The database turned out to be damaged; the next {@link #open} gets a sound one. */
        void damaged(SQLException how);
    }

    private final Source source;
    private final boolean writes;
    private final ArrayBlockingQueue<Item<?>> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean closing = new AtomicBoolean();

    /** Comes after everything that is still to be done. */
    private final Item<?> end = new Item<>(session -> "", new CompletableFuture<>());

    private final Thread thread;
    private @Nullable Session session;

    private record Item<T>(Work<T> work, CompletableFuture<T> result) {
        T run(Session session) throws SQLException {
            return work.run(session);
        }

        @SuppressWarnings("unchecked") // the value comes from this item's own work
        void complete(Object value) {
            result.complete((T) value);
        }
    }

    /** @param writes whether work is done inside transactions */
    Lane(String name, boolean writes, Source source) {
        this.source = source;
        this.writes = writes;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
        thread.start();
    }

    /** Does {@code work} later; for a writing lane the result comes once it is committed. Waits while the queue is full. */
    <T> CompletableFuture<T> submit(Work<T> work) throws InterruptedException {
        Item<T> item = new Item<>(work, new CompletableFuture<>());
        queue.put(item);
        refuseIfClosing(item);
        return item.result();
    }

    /** Like {@link #submit}, or a failed result at once if the queue is full. */
    <T> CompletableFuture<T> offer(Work<T> work) {
        Item<T> item = new Item<>(work, new CompletableFuture<>());
        if (!queue.offer(item)) {
            item.result()
                    .completeExceptionally(new TheseusException(ErrorCode.BUSY, "the cache's disk cannot keep up"));
        }
        refuseIfClosing(item);
        return item.result();
    }

    private void refuseIfClosing(Item<?> item) {
        if (closing.get() && queue.remove(item)) {
            item.result().completeExceptionally(closed());
        }
    }

    private static TheseusException closed() {
        return new TheseusException(ErrorCode.UNAVAILABLE, "the cache is closed");
    }

    private void run() {
        List<Item<?>> batch = new ArrayList<>();
        boolean last = false;
        while (!last) {
            batch.clear();
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt this thread; close() sends it an item instead.
                continue;
            }
            if (writes) {
                queue.drainTo(batch, LARGEST_BATCH - 1);
            }
            last = batch.remove(end);
            try {
                if (!batch.isEmpty()) {
                    perform(batch);
                }
            } catch (SQLException e) {
                failed(batch, e);
            } catch (RuntimeException e) {
                batch.forEach(item -> item.result().completeExceptionally(e));
            }
        }
        release();
    }

    private void perform(List<Item<?>> batch) throws SQLException {
        Session open = session;
        if (open == null) {
            open = source.open();
            session = open;
        }
        if (!writes) {
            batch.getFirst().complete(batch.getFirst().run(open));
            return;
        }
        List<Object> values = new ArrayList<>();
        List<@Nullable RuntimeException> refusals = new ArrayList<>();
        open.execute("BEGIN IMMEDIATE");
        try {
            for (Item<?> item : batch) {
                step(open, item, values, refusals);
            }
            open.execute("COMMIT");
        } catch (SQLException e) {
            open.dropActions(0);
            rollBack(open);
            throw e;
        }
        open.runActions();
        for (int i = 0; i < batch.size(); i++) {
            RuntimeException refusal = refusals.get(i);
            if (refusal == null) {
                batch.get(i).complete(values.get(i));
            } else {
                batch.get(i).result().completeExceptionally(refusal);
            }
        }
    }

    /** One of a transaction's works: one that throws a fault of its own leaves nothing behind and does not harm the others. */
    private static void step(Session open, Item<?> item, List<Object> values, List<@Nullable RuntimeException> refusals)
            throws SQLException {
        int actions = open.actions();
        open.execute("SAVEPOINT work");
        try {
            values.add(item.run(open));
            refusals.add(null);
        } catch (RuntimeException e) {
            open.execute("ROLLBACK TO work");
            open.dropActions(actions);
            values.add("");
            refusals.add(e);
        }
        open.execute("RELEASE work");
    }

    private static void rollBack(Session open) {
        try {
            open.execute("ROLLBACK");
        } catch (SQLException e) {
            // The failed commit may have ended the transaction already.
            LOG.log(System.Logger.Level.DEBUG, "rollback failed", e);
        }
    }

    private void failed(List<Item<?>> batch, SQLException cause) {
        if (SqlFaults.damage(cause)) {
            release();
            source.damaged(cause);
        }
        TheseusException fault = SqlFaults.fault(cause);
        batch.forEach(item -> item.result().completeExceptionally(fault));
    }

    private void release() {
        Session open = session;
        session = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.log(System.Logger.Level.WARNING, "closing the cache's database failed cause=" + e.getMessage());
            }
        }
    }

    /** Does what is queued, then ends. */
    @Override
    public void close() {
        boolean first = closing.compareAndSet(false, true);
        boolean interrupted = false;
        boolean sent = !first;
        while (!sent || thread.isAlive()) {
            try {
                if (!sent) {
                    queue.put(end);
                    sent = true;
                }
                thread.join();
            } catch (InterruptedException e) {
                // Ending in the middle of the queue would lose what others already count on.
                interrupted = true;
            }
        }
        List<Item<?>> late = new ArrayList<>();
        queue.drainTo(late);
        late.forEach(item -> item.result().completeExceptionally(closed()));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

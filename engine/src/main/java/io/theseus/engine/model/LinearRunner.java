package io.theseus.engine.model;

import io.theseus.engine.tensor.Activations;
import io.theseus.engine.tensor.Kernels;
import io.theseus.engine.tensor.Scratch;
import io.theseus.engine.tensor.WorkerPool;

/** Runs linear layers that share an input as one parallel operation, cut into runs of rows. */
public final class LinearRunner {
    /** Enough that the last task's end is waited for briefly, few enough that taking one costs nothing. */
    private static final int TASKS_PER_THREAD = 16;

    private final Kernels kernels;
    private final WorkerPool pool;
    private final Scratch[] scratch;

    /** A runner on {@code pool}, with working memory for each of its threads. */
    public LinearRunner(Kernels kernels, WorkerPool pool, Scratch[] scratch) {
        this.kernels = kernels;
        this.pool = pool;
        this.scratch = scratch;
    }

    /** A layer and where its result goes: {@code to} is (tokens, outputs). */
    public record Output(Linear linear, float[] to) {
        private int rows() {
            return linear.weight().rows();
        }

        private int units() {
            return (rows() + Kernels.ROW_UNIT - 1) / Kernels.ROW_UNIT;
        }
    }

    /** Computes every output from {@code in}. */
    public void run(Activations in, Output... outputs) {
        int units = 0;
        for (Output output : outputs) {
            units += output.units();
        }
        int total = units;
        int tasks = pool.threads() == 1 ? 1 : Math.min(units, pool.threads() * TASKS_PER_THREAD);
        pool.run(tasks, (task, worker) -> {
            int from = (int) ((long) total * task / tasks);
            int to = (int) ((long) total * (task + 1) / tasks);
            int base = 0;
            for (Output output : outputs) {
                int first = Math.max(from, base);
                int last = Math.min(to, base + output.units());
                if (first < last) {
                    rows(
                            in,
                            output,
                            (first - base) * Kernels.ROW_UNIT,
                            (last - base) * Kernels.ROW_UNIT,
                            scratch[worker]);
                }
                base += output.units();
            }
        });
    }

    private void rows(Activations in, Output output, int from, int to, Scratch own) {
        int width = output.rows();
        kernels.linear(output.linear().weight(), in, from, to, output.to(), 0, width, own);
        float[] bias = output.linear().bias();
        if (bias != null) {
            for (int token = 0; token < in.tokens(); token++) {
                for (int row = from; row < Math.min(to, width); row++) {
                    output.to()[token * width + row] += bias[row];
                }
            }
        }
    }
}

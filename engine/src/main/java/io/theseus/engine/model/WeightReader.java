package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.TensorFile;
import io.theseus.engine.gguf.TensorInfo;
import io.theseus.engine.gguf.TensorType;
import io.theseus.engine.tensor.NonFiniteValueException;
import io.theseus.engine.tensor.PackedMatrix;
import io.theseus.engine.tensor.WorkerPool;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Takes a model's tensors out of its file by their GGUF names, checks their shapes, and knows which were never asked for. */
public final class WeightReader {
    private final TensorFile file;
    private final WorkerPool pool;
    private final UnaryOperator<String> naming;
    private final Set<String> read = new HashSet<>();

    /** A reader of a file that uses the names of GGUF. */
    public WeightReader(TensorFile file, WorkerPool pool) {
        this(file, pool, UnaryOperator.identity());
    }

    /**
     * A reader of a file with names of its own.
     *
     * @param naming from a GGUF name to the file's
     */
    public WeightReader(TensorFile file, WorkerPool pool, UnaryOperator<String> naming) {
        this.file = file;
        this.pool = pool;
        this.naming = naming;
    }

    public boolean has(String name) {
        return file.tensor(naming.apply(name)).isPresent();
    }

    /** Says that the tensor {@code name}, if there is one, is no weight or has been used already. */
    public void skip(String name) {
        read.add(naming.apply(name));
    }

    /**
     * Weights {@code name.weight} (outputs, inputs) and the bias {@code name.bias} (outputs), if there is one.
     *
     * @throws TheseusException as {@link #matrix}
     */
    public Linear linear(String name, int outputs, int inputs) {
        float @Nullable [] bias = has(name + ".bias") ? vector(name + ".bias", outputs) : null;
        return new Linear(matrix(name + ".weight", outputs, inputs), bias);
    }

    /**
     * A matrix (rows, columns), packed.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if it is missing, of another shape or not finite, {@link
     *     ErrorCode#MODEL_UNSUPPORTED} for a type this engine does not compute with
     */
    public PackedMatrix matrix(String name, int rows, int columns) {
        TensorInfo tensor = tensor(name, columns, rows);
        try {
            return PackedMatrix.pack(name, tensor.type(), file.data(tensor), rows, columns, pool);
        } catch (NonFiniteValueException e) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID, "tensor " + name + " holds a NaN or an infinity; the file is damaged", e);
        }
    }

    /**
     * A vector (n), which must be stored as f32.
     *
     * @throws TheseusException as {@link #matrix}
     */
    public float[] vector(String name, int n) {
        return floats(name, 1, n);
    }

    /**
     * All values of a small matrix (rows, columns) that is added, not multiplied with; it must be stored as f32.
     *
     * @throws TheseusException as {@link #matrix}
     */
    public float[] floats(String name, int rows, int columns) {
        TensorInfo tensor = tensor(name, columns, rows);
        if (tensor.type() != TensorType.F32) {
            throw new TheseusException(
                    ErrorCode.MODEL_UNSUPPORTED, "tensor " + name + " is " + tensor.type() + ", expected F32");
        }
        float[] values = new float[Math.multiplyExact(rows, columns)];
        var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        var data = file.data(tensor);
        for (int i = 0; i < values.length; i++) {
            values[i] = data.get(layout, 4L * i);
            if (!(Math.abs(values[i]) <= Float.MAX_VALUE)) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID, "tensor " + name + " holds a NaN or an infinity; the file is damaged");
            }
        }
        return values;
    }

    private TensorInfo tensor(String name, int columns, int rows) {
        String stored = naming.apply(name);
        TensorInfo tensor = file.tensor(stored)
                .orElseThrow(() -> new TheseusException(
                        ErrorCode.MODEL_INVALID, "tensor " + stored + " is missing; the file is incomplete"));
        if (tensor.dimension(0) != columns
                || tensor.dimension(1) != rows
                || tensor.elements() != (long) columns * rows) {
            throw new TheseusException(
                    ErrorCode.MODEL_INVALID,
                    "tensor " + stored + " has shape " + tensor.shape() + ", expected [" + columns + ", " + rows + "]");
        }
        read.add(stored);
        return tensor;
    }

    /**
     * Ends the reading.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_UNSUPPORTED} if the file holds a tensor that nobody asked for: ignoring it would
     *     compute something else than the model
     */
    public void refuseUnread(String architecture) {
        for (TensorInfo tensor : file.tensors()) {
            if (!read.contains(tensor.name())) {
                throw new TheseusException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "tensor " + tensor.name() + " has no place in architecture " + architecture
                                + " as this version knows it");
            }
        }
    }
}

package io.theseus.engine.model;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.gguf.TensorInfo;
import io.theseus.engine.gguf.TensorType;
import io.theseus.engine.tensor.NonFiniteValueException;
import io.theseus.engine.tensor.PackedMatrix;
import io.theseus.engine.tensor.WorkerPool;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All weights of a model as the arithmetic uses them. Immutable.
 *
 * @param embedding (vocabulary, hidden)
 * @param outputNorm (hidden)
 * @param head (vocabulary, hidden); the embedding itself where the file ties them
 */
record ModelWeights(PackedMatrix embedding, List<LayerWeights> layers, float[] outputNorm, Linear head) {
    /**
     * Packs every tensor of {@code file}.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} for a missing tensor or a wrong shape, {@link
     *     ErrorCode#MODEL_UNSUPPORTED} for a type, or a tensor that this architecture has no use for: ignoring it would compute
     *     something else than the model
     */
    static ModelWeights load(GgufFile file, ModelConfig config, WorkerPool pool) {
        return new Loader(file, pool).load(config);
    }

    private static final class Loader {
        private final GgufFile file;
        private final WorkerPool pool;
        private final Set<String> used = new HashSet<>();

        Loader(GgufFile file, WorkerPool pool) {
            this.file = file;
            this.pool = pool;
        }

        ModelWeights load(ModelConfig c) {
            used.add("rope_freqs.weight");
            PackedMatrix embedding = matrix("token_embd.weight", c.vocabulary(), c.hidden());
            List<LayerWeights> layers = new ArrayList<>();
            for (int i = 0; i < c.layers(); i++) {
                layers.add(layer("blk." + i + ".", c));
            }
            float[] outputNorm = vector("output_norm.weight", c.hidden());
            Linear head = file.tensor("output.weight").isPresent()
                    ? linear("output", c.vocabulary(), c.hidden())
                    : new Linear(embedding, null);
            for (TensorInfo tensor : file.tensors()) {
                if (!used.contains(tensor.name())) {
                    throw new TheseusException(
                            ErrorCode.MODEL_UNSUPPORTED,
                            "tensor " + tensor.name() + " has no place in architecture "
                                    + c.architecture().id() + " as this version knows it");
                }
            }
            return new ModelWeights(embedding, List.copyOf(layers), outputNorm, head);
        }

        private LayerWeights layer(String p, ModelConfig c) {
            boolean headNorm = c.architecture().headNorm();
            return new LayerWeights(
                    vector(p + "attn_norm.weight", c.hidden()),
                    linear(p + "attn_q", c.queryWidth(), c.hidden()),
                    linear(p + "attn_k", c.kvWidth(), c.hidden()),
                    linear(p + "attn_v", c.kvWidth(), c.hidden()),
                    headNorm ? vector(p + "attn_q_norm.weight", c.headDim()) : null,
                    headNorm ? vector(p + "attn_k_norm.weight", c.headDim()) : null,
                    linear(p + "attn_output", c.hidden(), c.queryWidth()),
                    vector(p + "ffn_norm.weight", c.hidden()),
                    linear(p + "ffn_gate", c.feedForward(), c.hidden()),
                    linear(p + "ffn_up", c.feedForward(), c.hidden()),
                    linear(p + "ffn_down", c.hidden(), c.feedForward()));
        }

        private Linear linear(String name, int outputs, int inputs) {
            float @Nullable [] bias = file.tensor(name + ".bias").isPresent() ? vector(name + ".bias", outputs) : null;
            return new Linear(matrix(name + ".weight", outputs, inputs), bias);
        }

        private PackedMatrix matrix(String name, int rows, int columns) {
            TensorInfo tensor = tensor(name, columns, rows);
            try {
                return PackedMatrix.pack(name, tensor.type(), file.data(tensor), rows, columns, pool);
            } catch (NonFiniteValueException e) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        "tensor " + name + " holds a NaN or an infinity; the file is damaged",
                        e);
            }
        }

        private float[] vector(String name, int n) {
            TensorInfo tensor = tensor(name, n, 1);
            if (tensor.type() != TensorType.F32) {
                throw new TheseusException(
                        ErrorCode.MODEL_UNSUPPORTED, "tensor " + name + " is " + tensor.type() + ", expected F32");
            }
            float[] values = new float[n];
            var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < n; i++) {
                values[i] = file.data(tensor).get(layout, 4L * i);
                if (!(Math.abs(values[i]) <= Float.MAX_VALUE)) {
                    throw new TheseusException(
                            ErrorCode.MODEL_INVALID,
                            "tensor " + name + " holds a NaN or an infinity; the file is damaged");
                }
            }
            return values;
        }

        private TensorInfo tensor(String name, int columns, int rows) {
            TensorInfo tensor = file.tensor(name)
                    .orElseThrow(() -> new TheseusException(
                            ErrorCode.MODEL_INVALID, "tensor " + name + " is missing; the file is incomplete"));
            if (tensor.dimension(0) != columns
                    || tensor.dimension(1) != rows
                    || tensor.elements() != (long) columns * rows) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        "tensor " + name + " has shape " + tensor.shape() + ", expected [" + columns + ", " + rows
                                + "]");
            }
            used.add(name);
            return tensor;
        }
    }
}

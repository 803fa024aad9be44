package io.theseus.engine.embedding;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.gguf.GgufMetadata;
import io.theseus.engine.gguf.TensorFile;
import io.theseus.engine.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * An encoder's file, opened: its tensors, what their names are there, and its metadata in the terms of GGUF.
 *
 * @param naming from GGUF's names of tensors to the file's
 */
record EncoderFile(TensorFile tensors, UnaryOperator<String> naming, GgufMetadata metadata) implements AutoCloseable {
    /** The file of a folder with safetensors. */
    static final String WEIGHTS = "model.safetensors";

    /**
     * Opens a GGUF file, a safetensors file, or a folder with one.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND}, {@link ErrorCode#MODEL_INVALID}, {@link
     *     ErrorCode#MODEL_UNSUPPORTED}, {@link ErrorCode#IO_FAILED}
     */
    static EncoderFile open(Path path) {
        Path file = Files.isDirectory(path) ? path.resolve(WEIGHTS) : path;
        try {
            if (Files.isRegularFile(file) && SafetensorsFile.looksLike(file)) {
                return BertFolder.open(file);
            }
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + file + ": " + e.getMessage(), e);
        }
        GgufFile gguf = GgufFile.open(file);
        return new EncoderFile(gguf, UnaryOperator.identity(), gguf.metadata());
    }

    @Override
    public void close() {
        tensors.close();
    }
}

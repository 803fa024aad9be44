package io.theseus.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** A mapped file with named tensors. */
public interface TensorFile extends AutoCloseable {
    /** All tensors in the file's order. */
    List<TensorInfo> tensors();

    Optional<TensorInfo> tensor(String name);

    /**
     * The bytes of {@code tensor}, read-only, valid until this file is closed.
     *
     * @throws io.theseus.core.TheseusException {@code IO_FAILED} if the file has been cut short since it was opened
     */
    MemorySegment data(TensorInfo tensor);

    /** Unmaps the file. Idempotent. */
    @Override
    void close();
}

package io.theseus.engine.tensor;

/** A NaN or an infinity where the arithmetic allows none. The forward pass turns it into a fault that names layer and tensor. */
public final class NonFiniteValueException extends ArithmeticException {
    private static final long serialVersionUID = 1L;

    public NonFiniteValueException() {
        super("a value is NaN or infinite");
    }
}

package io.theseus.node.http;

/**
 * Carries an {@link ApiError} from where a request proves wrong to where its response is written. Beside the program's one
 * exception because a response needs a status and the field at fault, which the rest of the program does not know.
 */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient ApiError error;

    ApiException(ApiError error) {
        // No stack trace: this is an expected answer to a bad request, and clients can cause many of them.
        super(error.message(), null, false, false);
        this.error = error;
    }

    ApiError error() {
        return error;
    }
}

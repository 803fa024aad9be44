package io.theseus.node.http;

import org.jspecify.annotations.Nullable;

/** The client closed its connection; there is nobody to tell. Beside the program's one exception because it is no fault. */
final class ClientGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientGone(@Nullable Throwable cause) {
        super("the client closed its connection", cause, false, false);
    }
}

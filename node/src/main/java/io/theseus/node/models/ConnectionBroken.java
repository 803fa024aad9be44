package io.theseus.node.models;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** The network failed in a way that another attempt may mend. Never leaves the package. */
final class ConnectionBroken extends Exception {
    private static final long serialVersionUID = 1L;

    ConnectionBroken(String problem) {
        super(problem);
    }

    /** What {@code e} means to people; an interrupt that a stream has dressed up as a fault is undressed. */
    static ConnectionBroken because(IOException e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        String problem;
        if (e instanceof HttpConnectTimeoutException) {
            problem = "no connection in time";
        } else if (e instanceof HttpTimeoutException) {
            problem = "no answer in time";
        } else if (e instanceof UnknownHostException
                || e instanceof ConnectException
                        && e.getCause() instanceof ConnectException
                        && e.getCause().getCause() instanceof UnresolvedAddressException) {
            problem = "the host's address cannot be found";
        } else if (e instanceof ConnectException) {
            problem = "no connection";
        } else {
            problem = "the connection broke ("
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) + ")";
        }
        ConnectionBroken broken = new ConnectionBroken(problem);
        broken.initCause(e);
        return broken;
    }

    String problem() {
        return String.valueOf(getMessage());
    }
}

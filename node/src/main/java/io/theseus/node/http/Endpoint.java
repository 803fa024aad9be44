package io.theseus.node.http;

/** Answers one kind of request. */
@FunctionalInterface
interface Endpoint {
    /**
     * @throws ApiException what to tell the client instead
     * @throws InterruptedException if the server closes the connection
     */
    void handle(Exchange exchange) throws InterruptedException;

    /**
     * Where an endpoint is found.
     *
     * @param method {@code GET}, {@code POST} or {@code DELETE}; {@code *} for whatever no other route takes
     * @param path literal, or longer than {@code /} and ending in it for all paths with one more, non-empty part
     * @param label the route's name in metrics and logs
     * @param open whether it needs no API key
     */
    record Route(String method, String path, String label, boolean open, Endpoint endpoint) {
        boolean anyMethod() {
            return method.equals("*");
        }

        boolean matches(String requestPath) {
            return path.length() > 1 && path.endsWith("/")
                    ? requestPath.startsWith(path) && requestPath.length() > path.length()
                    : requestPath.equals(path);
        }
    }
}

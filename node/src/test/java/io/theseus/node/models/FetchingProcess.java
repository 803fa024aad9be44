package io.theseus.node.models;

import java.nio.file.Path;

/** Another process that fetches: home and source are its arguments, each event is a line of its output. */
final class FetchingProcess {
    private FetchingProcess() {}

    public static void main(String[] arguments) throws Exception {
        Bench bench = new Bench(Path.of(arguments[0]));
        bench.fetcher().pull(arguments[1], event -> {
            System.out.println(event);
            System.out.flush();
        });
    }
}

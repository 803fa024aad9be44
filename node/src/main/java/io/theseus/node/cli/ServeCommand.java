package io.theseus.node.cli;

import io.theseus.node.Node;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.config.Setting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code serve}: the HTTP API until somebody ends it. */
@CommandLine.Command(
        description = "Serve an OpenAI-compatible HTTP API on this machine.",
        sortOptions = false,
        footer = {
            "",
            "Prints the addresses of the API and of its page (the dashboard) when it is ready. Logs go to standard",
            "error, a line for each request (what the page asks for by itself only at log-level debug), never with a",
            "prompt's text below debug. Ctrl-C or SIGTERM lets running answers finish for shutdown-grace; a second one",
            "ends at once.",
            "",
            "Examples",
            "  theseus serve",
            "  theseus serve --upstream http://127.0.0.1:11434/v1",
            "  theseus serve --port 0 --model hf:org/repo/model.gguf",
            "  theseus serve --listen 0.0.0.0 --api-keys keys.txt --deadline 2m"
        })
final class ServeCommand implements Command {
    /** After the grace, for last events and files. */
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private static final int SHOWN_MODELS = 3;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return List.of(Setting.values());
    }

    @Override
    public int run(Call call) throws InterruptedException {
        NodeConfig config = call.configuration().config();
        call.interrupts().patience(config.http().shutdownGrace().plus(MARGIN));
        LogLines log = new LogLines(call.console().err(), config.logLevel(), call.clock());
        log.install();
        try {
            serve(call, config, log);
            log.info("stopped");
            return 0;
        } finally {
            log.close();
        }
    }

    private static String models(List<String> names) {
        if (names.isEmpty()) {
            return "no model yet: its upstreams do not say which they serve";
        }
        int more = names.size() - SHOWN_MODELS;
        return more <= 0
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, SHOWN_MODELS)) + " and " + more + " more";
    }

    private static void serve(Call call, NodeConfig config, LogLines log) throws InterruptedException {
        try (SignalHandlers signals = SignalHandlers.install(call.interrupts());
                Node node = Node.assemble(
                        config,
                        () -> call.models().open(call, config, true),
                        entry -> log.request(entry.line(), entry.lookingOn()),
                        call.clock())) {
            call.console()
                    .out()
                    .println("Theseus is ready at " + node.address() + "/v1 with " + models(node.modelNames()));
            call.console().out().println("Its page is " + node.address() + "/");
            call.console().out().flush();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                log.info("stopping grace=" + config.http().shutdownGrace().toSeconds() + "s");
            }
        }
    }
}

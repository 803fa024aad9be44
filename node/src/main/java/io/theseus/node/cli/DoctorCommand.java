package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.config.Setting;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doctor}: what this machine can do. */
@CommandLine.Command(
        description = "Say what this machine can do, and what to change.",
        sortOptions = false,
        footer = {
            "",
            "Each line is ok, warn (works, but could be better) or FAIL (something will not work); the exit status is 2",
            "if one fails. An installed model is read whole and compared with its checksum.",
            "",
            "Examples",
            "  theseus doctor",
            "  theseus doctor --port 8080 --json | jq '.checks[] | select(.status != \"ok\")'"
        })
final class DoctorCommand implements Command {
    @Option(names = "--json", description = "Print {\"version\", \"checks\": [{name, status, detail, advice}]}.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return List.of(Setting.values());
    }

    @Override
    public int run(Call call) throws InterruptedException {
        NodeConfig config = call.configuration().config();
        List<Checkup.Finding> findings = new Checkup(config, call.console()).findings();
        if (json) {
            print(call.console(), findings);
        } else {
            call.console().out().println(Version.line());
            findings.forEach(finding -> print(call.console(), finding));
        }
        boolean fails = findings.stream().anyMatch(finding -> finding.status() == Checkup.Status.FAIL);
        return fails ? ErrorCode.BAD_INPUT.exitStatus() : 0;
    }

    private static void print(Console console, Checkup.Finding finding) {
        String status = finding.status() == Checkup.Status.FAIL
                ? "FAIL"
                : finding.status().name().toLowerCase(Locale.ROOT);
        console.out().printf(Locale.ROOT, "%-4s  %-8s %s%n", status, finding.name(), finding.detail());
        if (!finding.advice().isEmpty()) {
            console.out().printf("               -> %s%n", finding.advice());
        }
    }

    private static void print(Console console, List<Checkup.Finding> findings) {
        JsonText text = new JsonText();
        ObjectNode page = text.object();
        page.put("version", Version.number());
        ArrayNode checks = page.putArray("checks");
        for (Checkup.Finding finding : findings) {
            checks.addObject()
                    .put("name", finding.name())
                    .put("status", finding.status().name().toLowerCase(Locale.ROOT))
                    .put("detail", finding.detail())
                    .put("advice", finding.advice());
        }
        console.out().println(text.page(page));
    }
}

package io.theseus.node.cli;

import io.theseus.node.config.EffectiveSetting;
import io.theseus.node.config.Setting;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code config}: what holds, and who said so. */
@CommandLine.Command(
        description = "Print every effective setting and where it came from.",
        sortOptions = false,
        footer = {
            "",
            "Later ones win: defaults, node.properties in the home folder, the environment (THESEUS_PORT for",
            "port), options (--port). A line of node.properties reads `port = 8080`.",
            "",
            "Examples",
            "  theseus config",
            "  THESEUS_KV_MEMORY=2GiB theseus config --describe",
            "  theseus config --json | jq -r '.[] | select(.origin != \"default\")'"
        })
final class ConfigCommand implements Command {
    @Option(names = "--describe", description = "Explain each setting.")
    boolean describe;

    @Option(names = "--json", description = "Print a JSON array of {key, value, origin, description}.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return List.of(Setting.values());
    }

    @Override
    public int run(Call call) {
        List<EffectiveSetting> settings = call.configuration().effective();
        if (json) {
            print(call.console(), settings);
            return 0;
        }
        int keys = settings.stream()
                .mapToInt(s -> s.setting().key().length())
                .max()
                .orElse(0);
        int values = settings.stream().mapToInt(s -> s.shown().length()).max().orElse(0);
        String row = "%-" + keys + "s = %-" + Math.min(values, 48) + "s  %s%n";
        for (EffectiveSetting setting : settings) {
            if (describe) {
                call.console().out().println("# " + setting.setting().description());
            }
            call.console().out().printf(row, setting.setting().key(), setting.shown(), setting.origin());
        }
        return 0;
    }

    private static void print(Console console, List<EffectiveSetting> settings) {
        JsonText text = new JsonText();
        ArrayNode array = text.mapper().createArrayNode();
        for (EffectiveSetting setting : settings) {
            ObjectNode entry = array.addObject();
            entry.put("key", setting.setting().key());
            entry.put("value", setting.shown());
            entry.put("origin", setting.origin().toString());
            entry.put("description", setting.setting().description());
        }
        console.out().println(text.page(array));
    }
}

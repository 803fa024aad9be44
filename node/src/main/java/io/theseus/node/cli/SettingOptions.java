package io.theseus.node.cli;

import io.theseus.node.config.Setting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Settings as options: the same words, defaults and explanations as in {@code node.properties}, from one place. */
final class SettingOptions {
    /** What matters to anything that loads a model. */
    static final List<Setting> OF_A_MODEL = List.of(
            Setting.MODEL,
            Setting.THREADS,
            Setting.KERNEL,
            Setting.CONTEXT,
            Setting.KV_MEMORY,
            Setting.OFFLINE,
            Setting.HOME);

    private SettingOptions() {}

    /** Lets {@code line} accept {@code settings}. */
    static void add(CommandLine line, List<Setting> settings) {
        for (Setting setting : settings) {
            OptionSpec.Builder option = OptionSpec.builder("--" + setting.key())
                    .type(String.class)
                    .paramLabel(isSwitch(setting) ? "true|false" : "VALUE")
                    .description(description(setting).replace("%", "%%"));
            if (setting.repeatable()) {
                option.type(String[].class).arity("1");
            } else if (isSwitch(setting)) {
                // Of this type, so that only true or false, and no question, is taken for its value.
                option.type(Boolean.class).arity("0..1").fallbackValue("true");
            }
            line.getCommandSpec().addOption(option.build());
        }
    }

    /** The settings that were given, by key. */
    static Map<String, String> given(CommandLine.ParseResult parsed, List<Setting> settings) {
        Map<String, String> flags = new HashMap<>();
        for (Setting setting : settings) {
            String option = "--" + setting.key();
            if (parsed.hasMatchedOption(option)) {
                Object value = parsed.matchedOptionValue(option, "");
                flags.put(
                        setting.key(),
                        value instanceof String[] several ? String.join(",", several) : String.valueOf(value));
            }
        }
        return flags;
    }

    private static boolean isSwitch(Setting setting) {
        return setting.defaultText().equals("false");
    }

    private static String description(Setting setting) {
        String text = setting.description();
        String sentence = Character.toUpperCase(text.charAt(0)) + text.substring(1);
        String stop = sentence.endsWith(".") ? "" : ".";
        return setting.defaultText().isEmpty() || isSwitch(setting)
                ? sentence + stop
                : sentence + stop + " Default: " + setting.defaultText() + ".";
    }
}

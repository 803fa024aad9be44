package io.theseus.node.config;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.Origin.Default;
import io.theseus.node.config.Origin.Environment;
import io.theseus.node.config.Origin.FileLine;
import io.theseus.node.config.Origin.Flag;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The settings in force and where each came from: defaults, then {@code node.properties} in the home folder, then the environment,
 * then flags; the last one that speaks wins.
 */
public final class Configuration {
    /** Name of the settings file in the home folder. */
    public static final String FILE = "node.properties";

    private final NodeConfig config;
    private final Map<Setting, EffectiveSetting> effective;

    private Configuration(NodeConfig config, Map<Setting, EffectiveSetting> effective) {
        this.config = config;
        this.effective = effective;
    }

    /**
     * Settings for this process.
     *
     * @param flags values by key, without dashes in front
     * @throws TheseusException {@link ErrorCode#BAD_INPUT} for an unknown key or a value that cannot be used, naming where it stands
     */
    public static Configuration load(Map<String, String> flags) {
        return load(flags, System.getenv());
    }

    /** {@link #load(Map)} with another environment than the process's. */
    public static Configuration load(Map<String, String> flags, Map<String, String> environment) {
        return load(flags, environment, System.getProperty("os.name"), System.getProperty("user.home"));
    }

    /** {@link #load(Map)} for any machine. */
    static Configuration load(
            Map<String, String> flags, Map<String, String> environment, String system, String userHome) {
        Map<Setting, EffectiveSetting> effective = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            String text = setting == Setting.HOME
                    ? HomeFolder.of(system, userHome, environment).toString()
                    : setting.defaultText();
            effective.put(setting, new EffectiveSetting(setting, text, new Default()));
        }
        Map<Setting, EffectiveSetting> spoken = new EnumMap<>(Setting.class);
        readEnvironment(environment, spoken);
        flags.forEach((key, value) -> {
            Setting setting = known(key, "--" + key);
            spoken.put(setting, new EffectiveSetting(setting, value, new Flag("--" + key)));
        });
        Map<Setting, EffectiveSetting> unfiled = new EnumMap<>(effective);
        unfiled.putAll(spoken);
        readFile(SettingValues.home(unfiled).resolve(FILE), effective);
        effective.putAll(spoken);
        return new Configuration(SettingValues.config(effective, environment), effective);
    }

    public NodeConfig config() {
        return config;
    }

    /** Every setting with its value and origin, in the order of {@link Setting}. */
    public List<EffectiveSetting> effective() {
        return List.copyOf(effective.values());
    }

    private static void readFile(Path file, Map<Setting, EffectiveSetting> effective) {
        Map<Setting, Integer> lines = new EnumMap<>(Setting.class);
        for (SettingsFile.Line line : SettingsFile.read(file)) {
            String where = file + ":" + line.number();
            if (!line.section().isEmpty()) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        where + ": stands under [" + line.section() + "]; this file has no sections");
            }
            Setting setting = known(line.key(), where);
            if (setting == Setting.HOME) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        where + ": home cannot be set inside the home folder; use THESEUS_HOME or --home");
            }
            Integer earlier = lines.put(setting, line.number());
            if (earlier != null) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT, where + ": " + line.key() + " is set already in line " + earlier);
            }
            effective.put(setting, new EffectiveSetting(setting, line.value(), new FileLine(file, line.number())));
        }
    }

    private static void readEnvironment(Map<String, String> environment, Map<Setting, EffectiveSetting> spoken) {
        List<String> variables =
                Arrays.stream(Setting.values()).map(Setting::variable).toList();
        environment.forEach((variable, value) -> {
            if (!variable.startsWith("THESEUS_") || value.isBlank()) {
                return;
            }
            int index = variables.indexOf(variable);
            if (index >= 0) {
                Setting setting = Setting.values()[index];
                spoken.put(setting, new EffectiveSetting(setting, value, new Environment(variable)));
                return;
            }
            // Others (the launcher) own variables of this family too: only what looks like a slip of the pen is
            // refused.
            Optional<String> meant = variables.stream()
                    .filter(v -> Nearest.distance(v, variable) <= 2)
                    .findFirst();
            if (meant.isPresent()) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        "environment variable " + variable + " is not a setting; did you mean " + meant.get() + "?");
            }
        });
        String mirror = environment.getOrDefault("HF_ENDPOINT", "");
        if (!mirror.isBlank()) {
            spoken.putIfAbsent(
                    Setting.HF_ENDPOINT,
                    new EffectiveSetting(Setting.HF_ENDPOINT, mirror, new Environment("HF_ENDPOINT")));
        }
    }

    private static Setting known(String key, String where) {
        return Setting.of(key).orElseThrow(() -> {
            List<String> keys =
                    Arrays.stream(Setting.values()).map(Setting::key).toList();
            String hint = Nearest.to(key.toLowerCase(Locale.ROOT).replace('_', '-'), keys)
                    .map(near -> "did you mean " + near + "?")
                    .orElse("see `theseus config` for all of them");
            return new TheseusException(
                    ErrorCode.BAD_INPUT, where + ": there is no setting called \"" + key + "\"; " + hint);
        });
    }
}

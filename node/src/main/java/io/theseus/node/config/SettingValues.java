package io.theseus.node.config;

import io.theseus.cache.Scope;
import io.theseus.cache.semantic.ErrorBound;
import io.theseus.core.DataSize;
import io.theseus.core.DurationText;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.NodeConfig.Downloads;
import io.theseus.node.config.NodeConfig.Engine;
import io.theseus.node.config.NodeConfig.Http;
import io.theseus.node.config.NodeConfig.Kernel;
import io.theseus.node.config.NodeConfig.LogLevel;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns the texts of settings into values; each fault names the setting, its value, where it stands and what is expected. */
final class SettingValues {
    private final Map<Setting, EffectiveSetting> texts;

    private SettingValues(Map<Setting, EffectiveSetting> texts) {
        this.texts = texts;
    }

    static NodeConfig config(Map<Setting, EffectiveSetting> texts, Map<String, String> environment) {
        SettingValues v = new SettingValues(texts);
        return new NodeConfig(
                path(v.at(Setting.HOME)),
                v.required(Setting.MODEL),
                v.oneOf(Setting.LOG_LEVEL, LogLevel.class),
                new Http(
                        v.required(Setting.LISTEN),
                        v.integer(Setting.PORT, 0, 65_535),
                        v.optionalPath(Setting.API_KEYS),
                        v.bool(Setting.ALLOW_UNAUTHENTICATED),
                        v.origins(),
                        v.size(Setting.MAX_BODY),
                        v.integer(Setting.MAX_CONNECTIONS, 1, 1_000_000),
                        v.duration(Setting.KEEP_ALIVE),
                        v.duration(Setting.SHUTDOWN_GRACE)),
                new Engine(
                        v.integerOr(Setting.THREADS, "auto", 1, 1024),
                        v.oneOf(Setting.KERNEL, Kernel.class),
                        v.integerOr(Setting.CONTEXT, "auto", 1, Integer.MAX_VALUE),
                        v.optional(Setting.KV_MEMORY, "auto", DataSize::parse),
                        v.integer(Setting.MAX_RUNNING, 1, 65_536),
                        v.integer(Setting.QUEUE, 0, 1_000_000),
                        v.optional(Setting.DEADLINE, "none", DurationText::parse)),
                new Downloads(
                        v.proxy(environment),
                        v.endpoint(),
                        Optional.ofNullable(environment.get("HF_TOKEN")).filter(t -> !t.isBlank()),
                        v.bool(Setting.OFFLINE)),
                new NodeConfig.Meaning(
                        Optional.of(v.required(Setting.EMBEDDING_MODEL)).filter(model -> !model.equals("none")),
                        v.bool(Setting.MEANING),
                        v.errorBound()),
                new NodeConfig.Cache(
                        v.bool(Setting.CACHE),
                        v.size(Setting.CACHE_SIZE),
                        v.size(Setting.CACHE_MEMORY),
                        v.duration(Setting.CACHE_TTL),
                        v.bool(Setting.CACHE_PREVIEW),
                        v.oneOf(Setting.CACHE_SCOPE, Scope.class)),
                new NodeConfig.States(v.bool(Setting.STATES), v.size(Setting.STATES_SIZE)),
                v.upstreams(environment));
    }

    private NodeConfig.Upstreams upstreams(Map<String, String> environment) {
        List<String> addresses = list(Setting.UPSTREAM).toList();
        Map<String, String> keys = environment.entrySet().stream()
                .filter(variable -> variable.getKey().startsWith("THESEUS_UPSTREAM_")
                        && variable.getKey().endsWith("_KEY")
                        && !variable.getValue().isBlank())
                .collect(Collectors.toMap(
                        Map.Entry::getKey, variable -> variable.getValue().strip()));
        Optional<Duration> hedgeAfter =
                List.of("auto", "off").contains(at(Setting.UPSTREAM_HEDGE).text())
                        ? Optional.empty()
                        : Optional.of(duration(Setting.UPSTREAM_HEDGE));
        return new NodeConfig.Upstreams(
                addresses,
                optionalPath(Setting.UPSTREAM_KEYS),
                keys,
                addresses.isEmpty() || !(at(Setting.MODEL).origin() instanceof Origin.Default),
                duration(Setting.UPSTREAM_CONNECT_TIMEOUT),
                duration(Setting.UPSTREAM_FIRST_BYTE_TIMEOUT),
                duration(Setting.UPSTREAM_IDLE_TIMEOUT),
                integer(Setting.UPSTREAM_RETRIES, 0, 10),
                !at(Setting.UPSTREAM_HEDGE).text().equals("off"),
                hedgeAfter);
    }

    private Stream<String> list(Setting setting) {
        return Arrays.stream(at(setting).text().split(",")).map(String::strip).filter(entry -> !entry.isEmpty());
    }

    static Path home(Map<Setting, EffectiveSetting> texts) {
        return path(new SettingValues(texts).at(Setting.HOME));
    }

    /** A setting as an absolute path; {@code ~/} stands for the user's home, as a shell would not expand it in a file. */
    private static Path path(EffectiveSetting setting) {
        String text = setting.text();
        try {
            Path path = text.startsWith("~/") || text.startsWith("~\\")
                    ? Path.of(System.getProperty("user.home"), text.substring(2))
                    : Path.of(text);
            if (text.isBlank()) {
                throw unusable(setting, "a path", null);
            }
            return path.toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw unusable(setting, "a path", e);
        }
    }

    private EffectiveSetting at(Setting setting) {
        EffectiveSetting found = texts.get(setting);
        if (found == null) {
            throw new TheseusException(ErrorCode.INTERNAL, "setting " + setting.key() + " has no value");
        }
        return found;
    }

    private String required(Setting setting) {
        if (at(setting).text().isBlank()) {
            throw unusable(at(setting), "some text", null);
        }
        return at(setting).text();
    }

    private Optional<Path> optionalPath(Setting setting) {
        return at(setting).text().isBlank() ? Optional.empty() : Optional.of(path(at(setting)));
    }

    private boolean bool(Setting setting) {
        return switch (at(setting).text().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw unusable(at(setting), "true or false", null);
        };
    }

    private ErrorBound errorBound() {
        EffectiveSetting setting = at(Setting.MEANING_ERROR_BOUND);
        String text = setting.text().strip();
        try {
            if (text.endsWith("%")) {
                return new ErrorBound(Double.parseDouble(text.substring(0, text.length() - 1)) / 100);
            }
        } catch (NumberFormatException | TheseusException e) {
            throw unusable(setting, "a share from 0.01% to 50%, such as 1%", e);
        }
        throw unusable(setting, "a share from 0.01% to 50%, such as 1%", null);
    }

    private int integer(Setting setting, int min, int max) {
        try {
            int value = Integer.parseInt(at(setting).text());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw unusable(at(setting), "a whole number from " + min + " to " + max, e);
        }
        throw unusable(at(setting), "a whole number from " + min + " to " + max, null);
    }

    private OptionalInt integerOr(Setting setting, String word, int min, int max) {
        return at(setting).text().equalsIgnoreCase(word)
                ? OptionalInt.empty()
                : OptionalInt.of(integer(setting, min, max));
    }

    private <T> Optional<T> optional(Setting setting, String word, Function<String, T> parser) {
        return at(setting).text().equalsIgnoreCase(word) ? Optional.empty() : Optional.of(parsed(setting, parser));
    }

    private <T> T parsed(Setting setting, Function<String, T> parser) {
        try {
            return parser.apply(at(setting).text());
        } catch (TheseusException e) {
            throw new TheseusException(
                    e.code(), setting.key() + " (" + at(setting).origin() + "): " + e.getMessage(), e);
        }
    }

    private DataSize size(Setting setting) {
        return parsed(setting, DataSize::parse);
    }

    private Duration duration(Setting setting) {
        return parsed(setting, DurationText::parse);
    }

    private <E extends Enum<E>> E oneOf(Setting setting, Class<E> type) {
        List<E> values = List.of(type.getEnumConstants());
        return values.stream()
                .filter(e -> e.name().equalsIgnoreCase(at(setting).text()))
                .findFirst()
                .orElseThrow(() -> unusable(
                        at(setting),
                        String.join(
                                ", ",
                                values.stream()
                                        .map(e -> e.name().toLowerCase(Locale.ROOT))
                                        .toList()),
                        null));
    }

    private List<String> origins() {
        return list(Setting.CORS_ORIGINS)
                .peek(o -> {
                    if (!o.equals("*") && !o.matches("[a-z][a-z0-9+.-]*://[^/\\s]+")) {
                        throw unusable(at(Setting.CORS_ORIGINS), "origins like https://example.org, or *", null);
                    }
                })
                .toList();
    }

    private URI endpoint() {
        EffectiveSetting setting = at(Setting.HF_ENDPOINT);
        URI uri = uri(setting, setting.text());
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            throw unusable(setting, "an address like https://huggingface.co", null);
        }
        return URI.create(uri.toString().replaceFirst("/+$", ""));
    }

    private ProxySetting proxy(Map<String, String> environment) {
        EffectiveSetting setting = at(Setting.HTTP_PROXY);
        return switch (setting.text().toLowerCase(Locale.ROOT)) {
            case "none" -> ProxySetting.NONE;
            case "auto" -> ProxySetting.of(environment);
            default -> {
                URI uri = uri(setting, setting.text().contains("://") ? setting.text() : "http://" + setting.text());
                if (!"http".equals(uri.getScheme())) {
                    throw unusable(
                            setting, "a proxy like http://host:port (TLS or SOCKS to a proxy cannot be used)", null);
                }
                yield ProxySetting.of(environment).through(uri);
            }
        };
    }

    private static URI uri(EffectiveSetting setting, String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw unusable(setting, "an address like http://host:port", e);
        }
        throw unusable(setting, "an address like http://host:port", null);
    }

    private static TheseusException unusable(EffectiveSetting setting, String expected, @Nullable Exception cause) {
        return new TheseusException(
                ErrorCode.BAD_INPUT,
                setting.setting().key() + " is \"" + setting.shown() + "\" (" + setting.origin() + "); expected "
                        + expected,
                cause);
    }
}

package io.theseus.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.DataSize;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> flags = new HashMap<>();

    private Configuration load() {
        environment.putIfAbsent("THESEUS_HOME", home.toString());
        return Configuration.load(flags, environment, "Linux", "/users/ann");
    }

    private void file(String text) throws IOException {
        Files.writeString(home.resolve(Configuration.FILE), text);
    }

    private String shown(Configuration configuration, Setting setting) {
        return configuration.effective().stream()
                .filter(e -> e.setting() == setting)
                .findFirst()
                .orElseThrow()
                .toString();
    }

    @Test
    void startsFromDefaultsThatAreThemselvesValid() {
        Configuration configuration = load();
        assertThat(configuration.config().model()).isEqualTo("SmolLM2-135M-Instruct");
        assertThat(configuration.config().http().listen()).isEqualTo("127.0.0.1");
        assertThat(configuration.config().http().maxBody()).isEqualTo(DataSize.ofMebibytes(10));
        assertThat(configuration.config().engine().threads()).isEmpty();
        assertThat(configuration.config().engine().deadline()).isEmpty();
        assertThat(configuration.effective()).hasSize(Setting.values().length);
        assertThat(shown(configuration, Setting.QUEUE)).isEqualTo("queue = 256 (default)");
    }

    @Test
    void letsFlagsBeatEnvironmentBeatFileBeatDefault() throws IOException {
        file("# mine\nport = 1\nqueue = 1\nthreads=1\n");
        environment.put("THESEUS_QUEUE", "2");
        environment.put("THESEUS_THREADS", "2");
        flags.put("threads", "3");
        Configuration configuration = load();
        assertThat(configuration.config().http().port()).isEqualTo(1);
        assertThat(configuration.config().engine().queue()).isEqualTo(2);
        assertThat(configuration.config().engine().threads()).hasValue(3);
        assertThat(shown(configuration, Setting.PORT))
                .isEqualTo("port = 1 (" + home.resolve(Configuration.FILE) + ":2)");
        assertThat(shown(configuration, Setting.QUEUE)).isEqualTo("queue = 2 (environment THESEUS_QUEUE)");
        assertThat(shown(configuration, Setting.THREADS)).isEqualTo("threads = 3 (flag --threads)");
    }

    @Test
    void readsUnits() throws IOException {
        file("kv-memory = 1.5GiB\ndeadline = 2m\nkeep-alive = 250ms\n");
        NodeConfig config = load().config();
        assertThat(config.engine().kvMemory()).contains(new DataSize(1_610_612_736L));
        assertThat(config.engine().deadline()).contains(Duration.ofMinutes(2));
        assertThat(config.http().keepAlive()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void keepsBackslashesOfWindowsPaths() throws IOException {
        file("model = C:\\models\\new.gguf\n");
        assertThat(load().config().model()).isEqualTo("C:\\models\\new.gguf");
    }

    @Test
    void namesTheNearestSettingForAnUnknownOne() throws IOException {
        file("\nkvmemory = 1GiB\n");
        refused(Configuration.FILE + ":2: there is no setting called \"kvmemory\"; did you mean kv-memory?");
        file("");
        flags.put("colour", "blue");
        refused("--colour: there is no setting called \"colour\"");
        flags.clear();
        environment.put("THESEUS_TREADS", "2");
        refused("THESEUS_TREADS is not a setting; did you mean THESEUS_THREADS?");
    }

    @Test
    void leavesVariablesOfTheLauncherAlone() {
        environment.put("THESEUS_JAVA_HOME", "/opt/jdk");
        environment.put("THESEUS_DEBUG", "1");
        assertThat(load().config().model()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port | 70000 | whole number from 0 to 65535",
                "port | eighty | whole number from 0 to 65535",
                "threads | 0 | whole number from 1 to 1024",
                "kernel | cuda | auto, scalar, vector",
                "log-level | chatty | error, warn, info, debug",
                "kv-memory | lots | is not a size",
                "deadline | 15 | is not a duration",
                "offline | maybe | true or false",
                "cors-origins | example.org | origins like https://example.org",
                "hf-endpoint | ftp://example.org | an address like https://huggingface.co",
                "http-proxy | socks5://localhost:1 | a proxy like http://host:port",
                "home | '' | a path",
                "model | ' ' | some text"
            })
    void saysWhichValueIsWrongWhereAndWhy(String key, String value, String expected) {
        flags.put(key, value);
        refused(key, "--" + key, expected);
    }

    @Test
    void refusesHomeInsideHomeAndRepeatedLines() throws IOException {
        file("home = /elsewhere\n");
        refused("use THESEUS_HOME or --home");
        file("port = 1\nport = 2\n");
        refused("port is set already in line 1");
        file("[http]\nport = 1\n");
        refused("stands under [http]");
        file("port 1\n");
        refused("not of the form key = value");
    }

    @Test
    void hidesPasswordsAndTokens() {
        environment.put("THESEUS_HTTP_PROXY", "http://ann:secret@proxy.example:3128");
        environment.put("HF_TOKEN", "secret");
        Configuration configuration = load();
        assertThat(shown(configuration, Setting.HTTP_PROXY)).contains("http://ann:***@proxy.example:3128");
        assertThat(configuration.effective().toString() + configuration.config())
                .doesNotContain("secret");
        assertThat(configuration.config().downloads().hfToken()).contains("secret");
    }

    @Test
    void takesProxiesAndMirrorFromTheUsualVariables() {
        environment.put("https_proxy", "proxy.example:3128");
        environment.put("ALL_PROXY", "socks5://ignored:1");
        environment.put("NO_PROXY", "localhost, .example.org,*.example.net,example.com:8443");
        environment.put("HF_ENDPOINT", "https://mirror.example/hf/");
        NodeConfig.Downloads downloads = load().config().downloads();
        assertThat(downloads.hfEndpoint()).isEqualTo(URI.create("https://mirror.example/hf"));
        ProxySetting proxy = downloads.proxy();
        URI expected = URI.create("http://proxy.example:3128");
        assertThat(proxy.proxyFor(URI.create("https://huggingface.co/x"))).contains(expected);
        assertThat(proxy.proxyFor(URI.create("http://huggingface.co/x"))).isEmpty();
        assertThat(proxy.proxyFor(URI.create("https://localhost/x"))).isEmpty();
        assertThat(proxy.proxyFor(URI.create("https://a.example.org/x"))).isEmpty();
        assertThat(proxy.proxyFor(URI.create("https://EXAMPLE.ORG/x"))).isEmpty();
        assertThat(proxy.proxyFor(URI.create("https://a.example.net/x"))).isEmpty();
        assertThat(proxy.proxyFor(URI.create("https://notexample.net/x"))).contains(expected);
        assertThat(proxy.proxyFor(URI.create("https://example.com:8443/x"))).isEmpty();
        assertThat(proxy.proxyFor(URI.create("https://example.com/x"))).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, '', /users/ann/.local/share/theseus",
        "Linux, /data, /data/theseus",
        "Linux, relative, /users/ann/.local/share/theseus",
        "Mac OS X, '', /users/ann/Library/Application Support/Theseus"
    })
    void livesWhereThePlatformKeepsData(String system, String data, String expected) {
        assertThat(HomeFolder.of(system, "/users/ann", Map.of("XDG_DATA_HOME", data)))
                .isEqualTo(Path.of(expected));
    }

    @Test
    void livesInLocalAppDataOnWindows() {
        assertThat(HomeFolder.of("Windows 11", "users", Map.of("LOCALAPPDATA", "local")))
                .isEqualTo(Path.of("local", "Theseus"));
        assertThat(HomeFolder.of("Windows 11", "users", Map.of()))
                .isEqualTo(Path.of("users", "AppData", "Local", "Theseus"));
    }

    private void refused(String... parts) {
        assertThatThrownBy(this::load)
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_INPUT))
                .hasMessageContainingAll(parts);
    }
}

package io.theseus.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.node.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConfigCommandTest {
    @TempDir
    Path home;

    @Test
    void eachValueShowsItsOrigin() throws Exception {
        Files.writeString(home.resolve("node.properties"), "max-running = 3\nport = 1111\nqueue = 9\n");
        CliRun run = CliRun.with(
                "",
                Map.of("THESEUS_PORT", "2222", "THESEUS_QUEUE", "8"),
                "config",
                "--home",
                home.toString(),
                "--queue=7");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).hasSize(Setting.values().length);
        assertThat(run.out())
                .containsPattern("max-running += 3 .*node.properties:1")
                .containsPattern("port += 2222 +environment THESEUS_PORT")
                .containsPattern("queue += 7 +flag --queue")
                .containsPattern("listen += 127.0.0.1 +default");
    }

    @Test
    void jsonHasEverySetting() {
        CliRun run = CliRun.of("config", "--json", "--home", home.toString(), "--offline");
        JsonNode array = JsonMapper.shared().readTree(run.out());
        assertThat(array.size()).isEqualTo(Setting.values().length);
        assertThat(array.valueStream()
                        .filter(entry -> entry.get("key").stringValue().equals("offline"))
                        .map(entry -> entry.get("value").stringValue()))
                .containsExactly("true");
    }

    @Test
    void aBadValueNamesWhereItStands() throws Exception {
        CliRun flag = CliRun.of("config", "--home", home.toString(), "--port", "many");
        assertThat(flag.status()).isEqualTo(2);
        assertThat(flag.out()).isEmpty();
        assertThat(flag.err().lines()).hasSize(1);
        assertThat(flag.err()).contains("--port").contains("many");
        Files.writeString(home.resolve("node.properties"), "prot = 1111\n");
        CliRun key = CliRun.of("config", "--home", home.toString());
        assertThat(key.status()).isEqualTo(2);
        assertThat(key.err()).contains("node.properties:1").contains("port");
    }
}

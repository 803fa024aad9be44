package io.theseus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.Configuration;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.upstream.FakeUpstream;
import io.theseus.node.upstream.Upstream;
import io.theseus.node.upstream.UpstreamHost;
import io.theseus.node.upstream.UpstreamRelay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From settings to upstreams. */
class NodeUpstreamsTest {
    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();

    private NodeConfig config(String... flags) {
        Map<String, String> all = new HashMap<>(Map.of("home", home.toString()));
        for (int i = 0; i < flags.length; i += 2) {
            all.put(flags[i], flags[i + 1]);
        }
        return Configuration.load(all, environment).config();
    }

    private static List<Upstream> upstreams(NodeConfig config) {
        UpstreamRelay relay =
                NodeUpstreams.of(config, Optional.empty(), Optional.empty()).orElseThrow();
        relay.pool().close();
        return relay.pool().hosts().stream().map(UpstreamHost::upstream).toList();
    }

    @Test
    void withoutAddressesThereIsNoRelay() {
        assertThat(NodeUpstreams.of(config(), Optional.empty(), Optional.empty()))
                .isEmpty();
        assertThat(config().upstreams().ownModel()).isTrue();
    }

    @Test
    void namesAddressesAndKeysComeTogether() throws Exception {
        Path keys = Files.writeString(home.resolve("keys"), "# mine\n\ngpu = sk-1=2\n");
        environment.put("THESEUS_UPSTREAM_127_0_0_1_8080_KEY", "sk-env");
        NodeConfig config =
                config("upstream", " gpu=http://g/v1 , http://127.0.0.1:8080/v1,,", "upstream-keys", keys.toString());
        List<Upstream> upstreams = upstreams(config);
        assertThat(upstreams).extracting(Upstream::name).containsExactly("gpu", "127.0.0.1:8080");
        assertThat(upstreams).extracting(Upstream::key).containsExactly(Optional.of("sk-1=2"), Optional.of("sk-env"));
        assertThat(config.toString() + upstreams).doesNotContain("sk-1").doesNotContain("sk-env");
        assertThat(config.upstreams().ownModel())
                .as("no model of our own unless it is named")
                .isFalse();
        assertThat(config("upstream", "http://g/v1", "model", "x").upstreams().ownModel())
                .isTrue();
    }

    @Test
    void timesAndCountsAreSettings() {
        NodeConfig.Upstreams usual = config("upstream", "http://g/v1").upstreams();
        assertThat(usual.retries()).isEqualTo(2);
        assertThat(usual.hedges()).isTrue();
        assertThat(usual.hedgeAfter()).isEmpty();
        NodeConfig.Upstreams mine = config(
                        "upstream-hedge", "300ms", "upstream-retries", "0", "upstream-idle-timeout", "3s")
                .upstreams();
        assertThat(mine.hedgeAfter()).hasValue(Duration.ofMillis(300));
        assertThat(mine.retries()).isZero();
        assertThat(mine.idle()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config("upstream-hedge", "off").upstreams().hedges()).isFalse();
    }

    @Test
    void mistakesAreNamedWithoutTheirSecrets() throws Exception {
        Path noKey = Files.writeString(home.resolve("bad"), "gpu sk-secret\n");
        Path other = Files.writeString(home.resolve("other"), "absent=sk-secret\n");
        refused("upstream-keys", "upstream", "gpu=http://g/v1", "upstream-keys", noKey.toString());
        refused("absent", "upstream", "gpu=http://g/v1", "upstream-keys", other.toString());
        refused(
                "cannot read",
                "upstream",
                "http://g/v1",
                "upstream-keys",
                home.resolve("none").toString());
        refused("two upstreams are called g", "upstream", "http://g/v1,http://g/v1/");
        refused("expected [NAME=]http", "upstream", "localhost:11434");
    }

    private void refused(String why, String... flags) {
        NodeConfig config = config(flags);
        assertThatThrownBy(() -> NodeUpstreams.of(config, Optional.empty(), Optional.empty()))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_INPUT))
                .hasMessageContaining(why)
                .hasMessageNotContaining("sk-secret");
    }

    @Test
    void aNodeServesThemWithoutLoadingAModel() throws Exception {
        try (FakeUpstream fake = new FakeUpstream("there")) {
            NodeConfig config = config("upstream", fake.base(), "port", "0");
            try (Node node = Node.assemble(
                    config,
                    () -> {
                        throw new AssertionError("no model is to be loaded");
                    },
                    entry -> {},
                    java.time.InstantSource.system())) {
                assertThat(node.model()).isEmpty();
                assertThat(node.modelNames()).containsExactly("there");
            }
        }
    }
}

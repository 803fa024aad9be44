package io.theseus.node.models;

import static io.theseus.node.models.ScriptedServer.head;
import static io.theseus.node.models.ScriptedServer.status;
import static io.theseus.node.models.ScriptedServer.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.ProxySetting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Redirects, logins and proxies, seen from a whole fetch. */
class WebClientTest {
    private static final byte[] MODEL = Bench.model(1);

    @TempDir
    Path home;

    private Bench bench;
    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        bench = new Bench(home);
        server = new ScriptedServer();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private URI uri() {
        return server.uri("/some/m.gguf");
    }

    private void assertInstalled(byte[] expected) {
        assertThat(home.resolve("models/m/m.gguf")).hasBinaryContent(expected);
    }

    private void refused(ErrorCode code, String... parts) {
        assertThatThrownBy(() -> bench.pull(uri()))
                .isInstanceOfSatisfying(
                        TheseusException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(parts);
        assertThat(bench.store.list()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "301, /b/real.gguf",
        "302, real.gguf",
        "303, ./real.gguf",
        "307, ../x/real.gguf",
        "308, //SELF/real.gguf"
    })
    void followsRedirects(int status, String location) throws Exception {
        String target = location.replace("SELF", "127.0.0.1:" + server.port());
        server.then(status(status, "Location: " + target)).then(whole(MODEL));
        bench.pull(uri());
        assertInstalled(MODEL);
        assertThat(server.requests().get(1).path()).endsWith("real.gguf");
    }

    @Test
    void refusesEndlessAndStrangeRedirects() throws Exception {
        server.then(status(302, "Location: /some/m.gguf"));
        refused(ErrorCode.FETCH_FAILED, "redirects more than 10 times");
        try (ScriptedServer odd = new ScriptedServer()) {
            for (String location : List.of("ftp://example.org/m.gguf", "file:///etc/passwd", "", "http://[bad")) {
                odd.then(status(302, "Location: " + location));
            }
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> bench.pull(odd.uri("/m.gguf"))).hasMessageContaining("redirects to \"");
            }
        }
    }

    @Test
    void keepsTheLoginAtTheHubAndTrustsItsChecksum() throws Exception {
        bench.hub = server.uri("/mirror");
        bench.token = Optional.of("secret");
        String elsewhere = "http://localhost:" + server.port() + "/blob";
        server.then(status(302, "Location: /mirror/renamed/m.gguf"))
                .then(status(
                        302,
                        "Location: " + elsewhere,
                        "X-Linked-Size: " + MODEL.length,
                        "X-Linked-ETag: \"" + Bench.sha256(MODEL) + "\""))
                .then(whole(MODEL));
        assertThat(bench.pull("hf:org/repo@v2/sub dir/m.gguf").source()).isEqualTo("hf:org/repo@v2/sub dir/m.gguf");
        assertThat(server.requests())
                .extracting(ScriptedServer.Request::path)
                .containsExactly("/mirror/org/repo/resolve/v2/sub%20dir/m.gguf", "/mirror/renamed/m.gguf", "/blob");
        assertThat(server.requests())
                .extracting(r -> r.header("authorization"))
                .containsExactly("Bearer secret", "Bearer secret", "");
    }

    @Test
    void refusesWhatTheHubsChecksumContradicts() {
        bench.hub = server.uri("");
        server.then(status(302, "Location: /blob", "X-Linked-ETag: \"" + Bench.sha256(MODEL) + "\""))
                .then(whole(Bench.model(2)));
        assertThatThrownBy(() -> bench.pull("hf:org/repo/m.gguf"))
                .hasMessageContainingAll("instead of " + Bench.sha256(MODEL));
        assertThat(bench.store.list()).isEmpty();
    }

    @Test
    void goesThroughAProxyWithALogin() throws Exception {
        server.then((request, out) -> {
            if (request.header("proxy-authorization").isEmpty()) {
                head(out, 407, "Proxy-Authenticate: Basic realm=\"p\"", "Content-Length: 0");
            } else {
                whole(MODEL).to(request, out);
            }
        });
        URI proxy = URI.create("http://ann:pass%40word@127.0.0.1:" + server.port());
        bench.proxy = new ProxySetting(Optional.of(proxy), Optional.of(proxy), List.of());
        bench.pull("http://models.invalid/m.gguf");
        assertInstalled(MODEL);
        assertThat(server.requests().getLast().line()).startsWith("GET http://models.invalid/m.gguf ");
        assertThat(server.requests().getLast().header("proxy-authorization"))
                .isEqualTo("Basic " + Base64.getEncoder().encodeToString("ann:pass@word".getBytes()));
    }
}

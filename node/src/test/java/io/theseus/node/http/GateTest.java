package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.TheseusException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
    @Test
    void asksForAKeyEverywhereButAtHealth() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> Configs.keys(c, "sk-one", "sk-two"), request -> "hi")) {
            assertThat(http.get("/health").statusCode()).isEqualTo(200);
            for (String path : new String[] {"/v1/models", "/metrics", "/nowhere"}) {
                HttpResponse<String> refused = http.get(path);
                assertThat(refused.statusCode()).as(path).isEqualTo(401);
                assertThat(refused.headers().firstValue("www-authenticate")).hasValue("Bearer");
                assertThat(http.json(refused).at("/error/code").stringValue()).isEqualTo("invalid_api_key");
            }
            assertThat(withKey(http, "Bearer sk-two").statusCode()).isEqualTo(200);
            assertThat(withKey(http, "bearer sk-one").statusCode()).isEqualTo(200);
            assertThat(withKey(http, "Bearer sk-on").statusCode()).isEqualTo(401);
            assertThat(withKey(http, "Bearer sk-one2").statusCode()).isEqualTo(401);
            assertThat(withKey(http, "Basic sk-one").statusCode()).isEqualTo(401);
            assertThat(http.post("/v1/completions", "{\"prompt\":\"x\"}").statusCode())
                    .isEqualTo(401);
            assertThat(http.engine.requests).isEmpty();
        }
    }

    private static HttpResponse<String> withKey(ServerFixture http, String authorization) throws InterruptedException {
        return http.send(http.request("/v1/models")
                .header("Authorization", authorization)
                .build());
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST:1234, 200",
        "127.0.0.1, 200",
        "127.8.8.8:80, 200",
        "[::1]:9, 200",
        "node.localhost, 200",
        "evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "localhost.evil.example:80, 403",
        "10.0.0.1, 403"
    })
    void answersToNamesOfThisMachineOnly(String host, int status) throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "hi");
                RawClient client = new RawClient(http.address())) {
            client.send("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

            assertThat(client.readAll()).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void pagesOfOtherOriginsAreKeptOut() throws Exception {
        try (ServerFixture http = ServerFixture.completing(c -> c, request -> "hi")) {
            for (String origin : new String[] {"https://evil.example", "null", "http://localhost:1", "garbage\\"}) {
                HttpResponse<String> response = http.send(http.request("/v1/completions")
                        .header("Origin", origin)
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"x\"}"))
                        .build());
                assertThat(response.statusCode()).as(origin).isEqualTo(403);
                assertThat(response.headers().firstValue("access-control-allow-origin"))
                        .isEmpty();
            }
            assertThat(http.engine.requests).isEmpty();
            String own = "http://127.0.0.1:" + http.server.port();
            assertThat(http.send(http.request("/v1/models")
                                    .header("Origin", own)
                                    .build())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void namedOriginsMayUseIt() throws Exception {
        String origin = "https://chat.example";
        try (ServerFixture http = ServerFixture.completing(c -> Configs.origins(c, origin), request -> "hi")) {
            HttpResponse<String> preflight = http.send(http.request("/v1/completions")
                    .header("Origin", origin)
                    .header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", "authorization, content-type")
                    .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                    .build());
            assertThat(preflight.statusCode()).isEqualTo(204);
            assertThat(preflight.headers().firstValue("access-control-allow-origin"))
                    .hasValue(origin);
            assertThat(preflight.headers().firstValue("access-control-allow-methods"))
                    .hasValue("POST");
            assertThat(preflight.headers().firstValue("access-control-allow-headers"))
                    .hasValue("authorization, content-type");

            HttpResponse<String> response = http.send(http.request("/v1/completions")
                    .header("Origin", origin)
                    .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"x\"}"))
                    .build());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("access-control-allow-origin"))
                    .hasValue(origin);
        }
    }

    @Test
    void listeningBeyondLoopbackNeedsAKeyOrAnExplicitWish() {
        HttpConfig local = HttpConfig.local(0);
        assertThatThrownBy(() -> Configs.listen(local, "0.0.0.0", false))
                .isInstanceOf(TheseusException.class)
                .hasMessageContaining("0.0.0.0")
                .hasMessageContaining("API key");
        assertThat(Configs.listen(local, "0.0.0.0", true).loopbackOnly()).isFalse();
        assertThat(Configs.listen(Configs.keys(local, "k"), "0.0.0.0", false).apiKeys())
                .hasSize(1);
        assertThat(Configs.listen(local, "::1", false).loopbackOnly()).isTrue();
    }
}

package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard's files as a browser gets them. What the page does with them is in {@link DashboardIT}. */
@Timeout(60)
class PageHttpTest {
    private static final Pattern NAMED = Pattern.compile("(?:src|href)=\"(dashboard/[^\"]+)\"|from \"\\./([^\"]+)\"");

    private static ServerFixture http;

    @BeforeAll
    static void open() {
        http = ServerFixture.start(config -> Configs.keys(config, "sk-secret"), request -> "");
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static HttpResponse<String> get(String path, String... headers) throws InterruptedException {
        return http.send(
                headers.length == 0
                        ? http.request(path).GET().build()
                        : http.request(path).GET().headers(headers).build());
    }

    private static String raw(ServerFixture server, String path, String host, String headers) throws IOException {
        try (RawClient client = new RawClient(server.address())) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "Connection: close\r\n\r\n");
            return client.readAll();
        }
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void everyFileThatThePageNamesIsThereAndSmallAndNeedsNoKey() throws Exception {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of("/"));
        while (!open.isEmpty()) {
            String path = open.removeFirst();
            if (!seen.add(path)) {
                continue;
            }
            HttpResponse<String> file = get(path);
            assertThat(file.statusCode()).as(path).isEqualTo(200);
            assertThat(header(file, "x-content-type-options")).isEqualTo("nosniff");
            assertThat(header(file, "content-security-policy"))
                    .contains("default-src 'none'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "*");
            if (!path.contains("/vendor/")) {
                assertThat(file.body().length()).as(path).isLessThan(10_000);
                assertThat(file.body().lines().count()).as(path).isLessThan(250);
                assertThat(file.body())
                        .as(path)
                        .doesNotContain("innerHTML", "eval(", "document.write", "style=\"", " onclick=");
            }
            for (MatchResult found : NAMED.matcher(file.body()).results().toList()) {
                open.add(found.group(1) != null ? "/" + found.group(1) : "/dashboard/" + found.group(2));
            }
        }
        assertThat(seen)
                .contains("/dashboard/main.js", "/dashboard/proof.js", "/dashboard/vendor/uplot/uPlot.iife.min.js")
                .hasSizeGreaterThan(18);
        assertThat(get("/theseus/v1/stats").statusCode()).isEqualTo(401);
    }

    @Test
    void aFileThatTheBrowserHasIsNotSentAgain() throws Exception {
        HttpResponse<String> first = get("/dashboard/main.js");
        HttpResponse<String> again =
                get("/dashboard/main.js", "if-none-match", "W/\"other\", " + header(first, "etag"));
        HttpResponse<String> other = get("/dashboard/main.js", "if-none-match", "\"other\"");

        assertThat(header(first, "etag")).matches("\"[0-9a-f]{32}\"");
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(header(again, "etag")).isEqualTo(header(first, "etag"));
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(header(first, "cache-control")).isEqualTo("no-cache");
        assertThat(get("/").statusCode())
                .as("the connection is in order after a 304")
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dashboard/none.js",
                "/dashboard/../HttpServer.class",
                "/dashboard/%2e%2e/HttpServer.class",
                "/dashboard/..%2fPageEndpoint.class",
                "/dashboard/vendor/../../HttpServer.class",
                "/dashboard/vendor/uplot/LICENSE",
                "/dashboard/vendor",
                "/dashboard/",
                "/dashboard/index.html%00.js",
                "/dashboard/.js",
                "/index.html"
            })
    void nothingElseIsThere(String path) throws Exception {
        assertThat(raw(http, path, "localhost", ""))
                .as(path)
                .containsPattern("^HTTP/1\\.1 40[14] ")
                .doesNotContain("<html", "uPlot");
    }

    @Test
    void aPageOfAnotherNameGetsNothingFromAKeylessNode() throws Exception {
        try (ServerFixture keyless = ServerFixture.saying("")) {
            for (String path : List.of("/", "/dashboard/main.js", "/theseus/v1/stats", "/theseus/v1/events")) {
                String rebound = raw(keyless, path, "evil.example", "");
                assertThat(rebound).as(path).startsWith("HTTP/1.1 403").contains("host_not_allowed");
                String foreign = raw(keyless, path, "localhost", "Origin: http://evil.example\r\n");
                assertThat(foreign).as(path).startsWith("HTTP/1.1 403").contains("origin_not_allowed");
            }
        }
    }
}

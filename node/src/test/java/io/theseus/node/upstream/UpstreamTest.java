package io.theseus.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.theseus.core.TheseusException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of upstreams, and what requests to them ask for. */
class UpstreamTest {
    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:11434/v1, 127.0.0.1:11434, http://127.0.0.1:11434/v1",
        "gpu=https://Api.Example.com/v1/, gpu, https://api.example.com:443/v1",
        "HTTP://Host/v1, host, http://host:80/v1",
        "http://[::1]:8080/v1, [::1]:8080, http://[::1]:8080/v1",
        "a=http://h/x=y/v1, a, http://h:80/x=y/v1",
        "http://h/x=y/v1, h, http://h:80/x=y/v1"
    })
    void hasANameAndAnIdentity(String text, String name, String identity) {
        Upstream upstream = Upstream.parse(text);
        assertThat(upstream.name()).isEqualTo(name);
        assertThat(upstream.identity()).isEqualTo(identity);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "ftp://h/v1",
                "http://",
                "http://h/v1?k=v",
                "http://h/v1#f",
                "a b=http://h/v1",
                "=http://h/v1"
            })
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Upstream.parse(text))
                .isInstanceOf(TheseusException.class)
                .hasMessageContaining("upstream \"" + text + "\" cannot be used");
    }

    @Test
    void neverShowsSecrets() {
        assertThatThrownBy(() -> Upstream.parse("http://user:hunter2@h/v1"))
                .isInstanceOf(TheseusException.class)
                .hasMessageContaining("upstream-keys")
                .hasMessageNotContaining("hunter2");
        Upstream upstream = Upstream.parse("a=http://h/v1").withKey(Optional.of("hunter2"));
        assertThat(upstream).hasToString("a=http://h/v1");
        assertThat(UpstreamFault.unreachable(upstream, "x").toString()).doesNotContain("hunter2");
    }

    @Test
    void pathsGoBelowItsAddress() {
        assertThat(Upstream.parse("http://h:1/api/v1").at("/v1/chat/completions?a=b"))
                .hasToString("http://h:1/api/v1/chat/completions?a=b");
    }

    private static UpstreamRequest request(String json) {
        return UpstreamRequest.of("POST", "/v1/completions", json.getBytes(StandardCharsets.UTF_8), Map.of(), "m");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | false | 1",
                "{'temperature':0} | true | 1",
                "{'temperature':0.0,'n':3} | true | 3",
                "{'temperature':'0'} | false | 1",
                "{'temperature':null,'seed':null} | false | 1",
                "{'seed':0} | true | 1",
                "{'seed':-1} | false | 1",
                "{'seed':1.5,'n':0} | true | 1",
                "{'prompt':['a','b'],'n':2} | false | 4",
                "{'prompt':[1,2,3]} | false | 1",
                "{'prompt':[[1],[2]]} | false | 2",
                "[] | false | 1"
            })
    void knowsWhatIsAskedFor(String json, boolean repeatable, int choices) {
        UpstreamRequest request = request(json.replace('\'', '"'));
        assertThat(request.repeatable()).isEqualTo(repeatable);
        assertThat(request.choices()).isEqualTo(choices);
    }

    @Test
    void asksForCountsWithoutLosingAnythingElse() {
        String odd = "{\"a\":1.50,\"stream_options\":{\"include_usage\":false,\"x\":1},\"b\":1e400}";
        assertThat(new String(request(odd).bodyWithUsage(), StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":1.50,\"stream_options\":{\"include_usage\":true,\"x\":1},\"b\":1E+400}");
    }

    @Test
    void saysTheQuestionForPeople() {
        assertThat(request("{\"prompt\":\"Why?\"}").question()).isEqualTo("Why?");
        assertThat(request("{\"prompt\":[\"a\",\"b\"]}").question()).isEqualTo("a\nb");
        assertThat(request(
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\","
                                        + "\"text\":\"look\"},{\"type\":\"image_url\"}]},{\"role\":\"assistant\",\"content\":\"y\"}]}")
                        .question())
                .startsWith("look");
        assertThat(request("{}").question()).isEmpty();
    }
}

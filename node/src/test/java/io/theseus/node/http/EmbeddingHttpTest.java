package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.engine.model.ModelOptions.Kernel;
import io.theseus.node.EmbeddingModel;
import io.theseus.testkit.TinyEncoder;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class EmbeddingHttpTest {
    private static final String PATH = "/v1/embeddings";

    @TempDir
    static Path folder;

    private final AtomicInteger loads = new AtomicInteger();
    private int failures;
    private Path file;
    private EmbeddingModel model;
    private ServerFixture http;

    @BeforeEach
    void serve() throws Exception {
        file = new TinyEncoder().gguf(folder.resolve("tiny.gguf"));
        model = new EmbeddingModel("tiny", 1_700_000_001, () -> {
            if (loads.getAndIncrement() < failures) {
                throw new TheseusException(ErrorCode.FETCH_FAILED, "no network");
            }
            return TextEmbedder.load(file, 1, Kernel.SCALAR);
        });
        http = ServerFixture.embedding(model);
    }

    @AfterEach
    void stop() {
        http.close();
        model.close();
    }

    private HttpResponse<String> ask(String body) throws InterruptedException {
        return http.post(PATH, body);
    }

    private List<Double> vector(JsonNode array) {
        List<Double> values = new ArrayList<>();
        array.forEach(value -> values.add(value.doubleValue()));
        return values;
    }

    @Test
    void textsIdsAndBothEncodingsGiveTheSameNumbers() throws Exception {
        JsonNode one = http.json(ask("{\"model\": \"tiny\", \"input\": \"The cats sat.\"}"));
        assertThat(one.get("object").asString()).isEqualTo("list");
        assertThat(one.get("model").asString()).isEqualTo("tiny");
        assertThat(one.get("usage").get("prompt_tokens").asInt()).isEqualTo(7);
        assertThat(one.get("usage").get("total_tokens").asInt()).isEqualTo(7);
        List<Double> expected = vector(one.get("data").get(0).get("embedding"));
        assertThat(expected).hasSize(TinyEncoder.HIDDEN);
        assertThat(expected.stream().mapToDouble(v -> v * v).sum()).isCloseTo(1, within(1e-5));

        JsonNode many = http.json(http.post(
                PATH,
                "{\"input\": [\"a dog\", \"The cats sat.\"], \"encoding_format\": \"base64\", \"dimensions\": 64}"));
        assertThat(many.get("data").get(1).get("index").asInt()).isEqualTo(1);
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(many.get("data").get(1).get("embedding").asString()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (double value : expected) {
            assertThat(bytes.getFloat()).isEqualTo((float) value);
        }
        assertThat(bytes.hasRemaining()).isFalse();

        JsonNode ids = http.json(http.post(PATH, "{\"input\": [[2, 5, 6, 9, 8, 11, 3], [5, 6, 9, 8, 11]]}"));
        assertThat(vector(ids.get("data").get(0).get("embedding"))).isEqualTo(expected);
        assertThat(vector(ids.get("data").get(1).get("embedding"))).isEqualTo(expected);
        JsonNode flat = http.json(http.post(PATH, "{\"input\": [5, 6, 9, 8, 11]}"));
        assertThat(vector(flat.get("data").get(0).get("embedding"))).isEqualTo(expected);
        assertThat(loads).hasValue(1);
    }

    @Test
    void aTextThatIsCutSaysSo() throws Exception {
        JsonNode answer = http.json(ask("{\"input\": [\"a dog\", \"" + "cat ".repeat(50) + "\"]}"));
        assertThat(answer.get("data").get(0).has("truncated")).isFalse();
        assertThat(answer.get("data").get(1).get("truncated").asBoolean()).isTrue();
        assertThat(answer.get("usage").get("prompt_tokens").asInt()).isEqualTo(4 + TinyEncoder.CONTEXT);
    }

    @Test
    void isListedAndLoadedOnlyWhenNeeded() throws Exception {
        assertThat(http.json(http.get("/v1/models"))
                        .get("data")
                        .get(1)
                        .get("id")
                        .asString())
                .isEqualTo("tiny");
        assertThat(http.json(http.get("/v1/models/tiny")).get("created").asLong())
                .isEqualTo(1_700_000_001);
        assertThat(loads).hasValue(0);
    }

    @Test
    void aFailedLoadIsToldAndTriedAgain() throws Exception {
        failures = 1;
        HttpResponse<String> failed = http.post(PATH, "{\"input\": \"x\"}");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).contains("no network");
        assertThat(http.post(PATH, "{\"input\": \"x\"}").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 400 | input | missing_required_parameter",
                "{'input': ''} | 400 | input | invalid_value",
                "{'input': []} | 400 | input | invalid_value",
                "{'input': ['a', '']} | 400 | input[1] | invalid_value",
                "{'input': ['a', 3]} | 400 | input[1] | invalid_type",
                "{'input': [[]]} | 400 | input[0] | invalid_value",
                "{'input': [[13]]} | 400 | input[0][0] | invalid_value",
                "{'input': [1, 'a']} | 400 | input[1] | invalid_type",
                "{'input': 7} | 400 | input | invalid_type",
                "{'input': 'a', 'dimensions': 32} | 400 | dimensions | unsupported_value",
                "{'input': 'a', 'encoding_format': 'int8'} | 400 | encoding_format | invalid_value",
                "{'input': 'a', 'model': 'gpt'} | 404 | model | model_not_found",
                "{'input': 'a', 'model': 'fake-model'} | 400 | model | invalid_value",
            })
    void refusesWhatItCannotEmbed(String body, int status, String param, String code) throws Exception {
        HttpResponse<String> response = ask(body.replace('\'', '"'));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = http.json(response).get("error");
        assertThat(error.get("param").asString()).isEqualTo(param);
        assertThat(error.get("code").asString()).isEqualTo(code);
    }

    @Test
    void otherEndpointsSayWhatTheModelIsFor() throws Exception {
        HttpResponse<String> response = http.post("/v1/completions", "{\"model\": \"tiny\", \"prompt\": \"a\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("/v1/embeddings");
    }

    @Test
    void aNodeWithoutSuchAModelSaysSo() throws Exception {
        try (ServerFixture plain = ServerFixture.saying("x")) {
            HttpResponse<String> response = plain.post(PATH, "{\"input\": \"a\"}");
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).contains("embedding-model");
        }
    }
}

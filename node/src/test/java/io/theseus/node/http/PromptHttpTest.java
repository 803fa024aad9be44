package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.states.DiskStates;
import io.theseus.cache.states.ModelStates;
import io.theseus.cache.states.StateKeys;
import io.theseus.core.Digest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pinning prompts over HTTP; the engine is a fake, a token a byte. */
class PromptHttpTest {
    private static final String SYSTEM = "You are terse. ".repeat(24);

    @TempDir
    Path folder;

    private DiskStates disk;
    private ServerFixture server;

    @BeforeEach
    void start() {
        disk = DiskStates.open(folder, 1 << 20, InstantSource.system(), System::nanoTime);
        ModelStates states = disk.model(StateKeys.of(Digest.ofText("m"), "a", new byte[0], 64), 100);
        server = ServerFixture.withStates(states);
    }

    @AfterEach
    void stop() {
        server.close();
        disk.close();
    }

    private static JsonNode json(HttpResponse<String> response) {
        return new JsonMapper().readTree(response.body());
    }

    @Test
    void aSystemPromptIsPinnedComputedListedAndUnpinned() throws Exception {
        HttpResponse<String> response = server.post("/theseus/v1/prompts", "{\"system\": \"" + SYSTEM + "\"}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode pinned = json(response);
        // 360 characters and the 16 tokens around them: five whole blocks.
        assertThat(pinned.path("tokens").asInt()).isEqualTo(320);
        assertThat(pinned.path("begins").asString()).contains("You are terse.");
        assertThat(server.engine.requests).hasSize(1);
        assertThat(server.engine.requests.getFirst().prompt()).hasSize(320);
        assertThat(server.engine.requests.getFirst().maxTokens()).isZero();
        // What the words of the user come to is not part of it.
        assertThat(new String(
                        bytes(server.engine.requests.getFirst().prompt()), java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain("Hello");

        JsonNode list = json(server.get("/theseus/v1/prompts")).path("prompts");
        assertThat(list).hasSize(1);
        String id = list.path(0).path("id").asString();
        assertThat(id).isEqualTo(pinned.path("id").asString());
        assertThat(json(server.get("/theseus/v1/stats"))
                        .path("states")
                        .path("pinned_prompts")
                        .asInt())
                .isEqualTo(1);
        assertThat(server.get("/metrics").body()).contains("\ntheseus_states_pinned_prompts 1\n");
        assertThat(server.delete("/theseus/v1/prompts/" + id).statusCode()).isEqualTo(200);
        assertThat(server.delete("/theseus/v1/prompts/" + id).statusCode()).isEqualTo(404);
        assertThat(json(server.get("/theseus/v1/prompts")).path("prompts")).isEmpty();
    }

    private static byte[] bytes(int[] ids) {
        byte[] bytes = new byte[ids.length];
        for (int i = 0; i < ids.length; i++) {
            bytes[i] = (byte) ids[i];
        }
        return bytes;
    }

    @Test
    void whatCannotBePinnedIsRefused() throws Exception {
        assertThat(server.post("/theseus/v1/prompts", "{\"prompt\": \"too short\"}")
                        .body())
                .contains("blocks of 64");
        assertThat(server.post("/theseus/v1/prompts", "{}").statusCode()).isEqualTo(400);
        assertThat(server.post("/theseus/v1/prompts", "{\"prompt\": \"" + "x".repeat(600) + "\"}")
                        .body())
                .contains("context_length_exceeded");
        assertThat(server.delete("/theseus/v1/prompts/nonsense").statusCode()).isEqualTo(404);
        try (ServerFixture without = ServerFixture.saying("x")) {
            assertThat(without.post("/theseus/v1/prompts", "{\"system\": \"s\"}")
                            .body())
                    .contains("states_off");
            assertThat(json(without.get("/theseus/v1/prompts")).path("prompts")).isEmpty();
        }
    }
}

package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.CacheBounds;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.node.upstream.Upstream;
import io.theseus.proof.NodeKey;
import io.theseus.testkit.Golden;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dashboard in a real Chromium: with a scripted engine and a key, in front of another engine, and of the program with the real
 * models. Pictures of it, the README's among them, are left in {@code target/e2e/dashboard}.
 */
class DashboardIT {
    private static final Path PICTURES = Programs.WORK.resolve("dashboard");
    private static final long MOST_PICTURE_BYTES = 200_000;
    private static final String KEY = "sk-test-key";
    private static final String[] LIBRARIES = {"playwright-core@1.65.1", "axe-core@4.14.1"};

    @TempDir
    Path home;

    @Test
    void withTheScriptedEngineAndAKey() throws Exception {
        Path folder = Programs.javaScript(LIBRARIES);
        Path chromium = Programs.chromium();
        try (AnswerCache cache =
                        AnswerCache.open(home, CacheBounds.DEFAULT, NodeKey.of(home), () -> ServerFixture.NOW);
                ServerFixture http =
                        ServerFixture.remembering(cache, config -> Configs.keys(config, KEY), DashboardIT::answer)) {
            http.engine.allowance = request -> tellsStory(request) ? 20 : Integer.MAX_VALUE;

            drive(folder, chromium, http.address(), KEY, "scripted");

            assertThat(http.log)
                    .as("what was stopped in the browser stops in the engine")
                    .filteredOn(entry -> entry.finish().orElse("").equals("client_gone"))
                    .hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void inFrontOfAnotherEngine() throws Exception {
        Path folder = Programs.javaScript(LIBRARIES);
        Path chromium = Programs.chromium();
        try (ServerFixture engine = ServerFixture.start(config -> config, DashboardIT::answer);
                UpstreamFixture http = new UpstreamFixture(
                        home, UpstreamFixture.PATIENT, Upstream.parse("scripted=" + engine.address() + "/v1"))) {
            drive(folder, chromium, http.address(), "-", "upstream");

            assertThat(http.log).anyMatch(entry -> entry.layer().equals(Optional.of("answer")));
        }
    }

    @Test
    void withTheRealModels() throws Exception {
        String model = Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf").toString();
        String encoder = Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf").toString();
        Path folder = Programs.javaScript(LIBRARIES);
        Path chromium = Programs.chromium();
        // Each with a home of its own: what one asks must not make the other's node cautious about meanings.
        for (String mode : List.of("picture", "real")) {
            Path own = Files.createDirectory(home.resolve(mode));
            try (ServingProcess node = ServingProcess.start(own, "--model", model, "--embedding-model", encoder)) {
                drive(folder, chromium, node.address(), "-", mode);
            }
        }
        Path picture = PICTURES.resolve("picture").resolve("dashboard.png");
        IndexedPicture.shrink(picture);
        assertThat(Files.size(picture)).isLessThan(MOST_PICTURE_BYTES);
    }

    private static void drive(Path folder, Path chromium, URI node, String key, String mode) throws Exception {
        Path target = Files.createDirectories(PICTURES.resolve(mode));
        Programs.run(
                folder,
                "node",
                Programs.script("dashboard.mjs"),
                node.toString(),
                key,
                chromium.toString(),
                target.toString(),
                mode);
    }

    private static boolean tellsStory(GenerationRequest request) {
        return new FakeTokenizer(false).decode(request.prompt(), true).contains("long story");
    }

    private static String answer(GenerationRequest request) {
        return tellsStory(request) ? "And then? ".repeat(50) : "Well, that is a good question.";
    }
}

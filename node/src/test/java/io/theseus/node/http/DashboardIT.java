package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.cache.answers.CacheBounds;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.scheduler.BatchScheduler;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.SchedulerListener;
import io.theseus.engine.scheduler.SchedulerSettings;
import io.theseus.engine.template.ChatTemplate;
import io.theseus.engine.tokenizer.Tokenizers;
import io.theseus.node.LoadedModel;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import io.theseus.proof.NodeKey;
import io.theseus.testkit.Golden;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dashboard in a real Chromium: first with a scripted engine and a key, then with the real model and without. Pictures of it, the
 * README's among them, are left in {@code target/e2e/dashboard}.
 */
class DashboardIT {
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

            drive(folder, chromium, "scripted", http.address(), KEY, "scripted");

            assertThat(http.log)
                    .as("what was stopped in the browser stops in the engine")
                    .filteredOn(entry -> entry.finish().orElse("").equals("client_gone"))
                    .hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void withTheRealModel() throws Exception {
        Path file = Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf");
        Path folder = Programs.javaScript(LIBRARIES);
        Path chromium = Programs.chromium();
        try (GgufFile gguf = GgufFile.open(file);
                LanguageModel model = LanguageModel.load(gguf, ModelOptions.DEFAULT);
                BatchScheduler engine = BatchScheduler.start(
                        model, Tokenizers.from(gguf.metadata()), SchedulerSettings.DEFAULT, SchedulerListener.NONE);
                AnswerCache cache =
                        AnswerCache.open(home, CacheBounds.DEFAULT, NodeKey.of(home), InstantSource.system())) {
            ServedModel served = new ServedModel(
                    "SmolLM2-135M-Instruct", 1_700_000_000, "fp_real", engine, ChatTemplate.from(gguf.metadata()));
            ServedModels models = ServedModels.of(
                    List.of(new LoadedModel(served, () -> {}).remembering(cache).served()));
            try (HttpServer server = HttpServer.start(
                    HttpConfig.local(0), models, Optional.of(cache), entry -> {}, InstantSource.system())) {
                // The picture first, for its curves begin at nothing.
                for (String mode : List.of("picture", "real")) {
                    drive(folder, chromium, mode, server.address(), "-", mode);
                }
            }
        }
    }

    private static void drive(Path folder, Path chromium, String pictures, URI node, String key, String mode)
            throws Exception {
        Path target = Files.createDirectories(Programs.WORK.resolve("dashboard").resolve(pictures));
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

package io.theseus.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.theseus.engine.embedding.TextEmbedder;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.engine.model.ModelOptions.Kernel;
import io.theseus.engine.scheduler.BatchScheduler;
import io.theseus.engine.scheduler.GenerationRequest;
import io.theseus.engine.scheduler.SchedulerListener;
import io.theseus.engine.scheduler.SchedulerSettings;
import io.theseus.engine.template.ChatTemplate;
import io.theseus.engine.tokenizer.Tokenizers;
import io.theseus.node.EmbeddingModel;
import io.theseus.node.ServedModel;
import io.theseus.node.ServedModels;
import io.theseus.testkit.Golden;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * OpenAI's own libraries, and curl, against this API: first with a scripted engine, then with the real model. The libraries are
 * installed by their own package clients into {@code target/}.
 */
class OpenAiClientsIT {
    private static final String KEY = "sk-test-key";
    private static final String PYTHON_LIBRARY = "openai==3.52.0";
    private static final String JAVASCRIPT_LIBRARY = "openai@6.49.0";
    private static final boolean WINDOWS = Programs.WINDOWS;
    private static final Path WORK = Programs.WORK;

    @BeforeAll
    static void makeFolder() throws IOException {
        Files.createDirectories(WORK);
    }

    @Test
    void pythonLibraryAgainstTheScriptedEngine() throws Exception {
        Path python = python();
        try (ServerFixture http = scripted()) {
            Programs.run(
                    WORK,
                    python.toString(),
                    Programs.script("openai_client.py"),
                    http.address().toString(),
                    KEY,
                    ServerFixture.MODEL,
                    "tools");
            assertThat(http.log).anyMatch(entry -> entry.finish().orElse("").equals("client_gone"));
        }
    }

    @Test
    void javaScriptLibraryAgainstTheScriptedEngine() throws Exception {
        Path folder = Programs.javaScript(JAVASCRIPT_LIBRARY);
        try (ServerFixture http = scripted()) {
            Programs.run(
                    folder,
                    "node",
                    Programs.script("openai_client.mjs"),
                    http.address().toString(),
                    KEY,
                    ServerFixture.MODEL,
                    "tools");
            assertThat(http.log).anyMatch(entry -> entry.finish().orElse("").equals("client_gone"));
        }
    }

    @Test
    void curlAgainstTheScriptedEngine() throws Exception {
        Programs.require("curl");
        try (ServerFixture http = scripted()) {
            String auth = "Authorization: Bearer " + KEY;
            String chat = http.address() + "/v1/chat/completions";
            String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}],\"stream\":true}";
            String silent = "-sS";

            // Without a content type curl says that this is a form; it is read all the same.
            assertThat(Programs.run(WORK, "curl", silent, "-N", "-H", auth, chat, "-d", body))
                    .endsWith("data: [DONE]\n\n");
            assertThat(Programs.run(WORK, "curl", silent, "-o", "-", "-w", "%{http_code}", chat, "-d", body))
                    .endsWith("401");
            assertThat(Programs.run(WORK, "curl", silent, "-H", auth, http.address() + "/v1/models"))
                    .contains(ServerFixture.MODEL);
            assertThat(Programs.run(WORK, "curl", silent, "-I", http.address() + "/health"))
                    .contains("200");

            Path large = Files.writeString(WORK.resolve("large.json"), "x".repeat(11 << 20));
            assertThat(Programs.run(
                            WORK, "curl", silent, "-w", "%{http_code}", "-H", auth, chat, "--data-binary", "@" + large))
                    .contains("body_too_large")
                    .endsWith("413");

            Process leaving = new ProcessBuilder(
                            "curl", silent, "-N", "-H", auth, chat, "-d", body.replace("Say hello.", "long story"))
                    .redirectErrorStream(true)
                    .redirectOutput(WORK.resolve("leaving.txt").toFile())
                    .start();
            Awaitility.await().until(() -> http.engine.load().running() == 1);
            leaving.destroy();
            assertThat(http.engine.generations.getLast().cancelled.await(10, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void librariesAgainstTheRealModel() throws Exception {
        Path file = Golden.require("models/SmolLM2-135M-Instruct.Q4_1.gguf");
        Path encoder = Golden.require("models/all-MiniLM-L6-v2.Q8_0.gguf");
        Path python = python();
        Path javaScript = Programs.javaScript(JAVASCRIPT_LIBRARY);
        try (GgufFile gguf = GgufFile.open(file);
                LanguageModel model = LanguageModel.load(gguf, ModelOptions.DEFAULT);
                BatchScheduler engine = BatchScheduler.start(
                        model, Tokenizers.from(gguf.metadata()), SchedulerSettings.DEFAULT, SchedulerListener.NONE);
                EmbeddingModel embedding = new EmbeddingModel(
                        "all-MiniLM-L6-v2", 1_700_000_001, () -> TextEmbedder.load(encoder, 0, Kernel.AUTO))) {
            ServedModel served =
                    new ServedModel("smollm2", 1_700_000_000, "fp_real", engine, ChatTemplate.from(gguf.metadata()));
            try (HttpServer server = HttpServer.start(
                    Configs.keys(HttpConfig.local(0), KEY),
                    ServedModels.of(List.of(served), embedding),
                    entry -> {},
                    InstantSource.fixed(ServerFixture.NOW))) {
                URI address = server.address();
                String embeddings = "embeddings=all-MiniLM-L6-v2";
                Programs.run(
                        WORK,
                        python.toString(),
                        Programs.script("openai_client.py"),
                        address.toString(),
                        KEY,
                        "smollm2",
                        embeddings);
                Programs.run(
                        javaScript,
                        "node",
                        Programs.script("openai_client.mjs"),
                        address.toString(),
                        KEY,
                        "smollm2",
                        embeddings);
            }
        }
    }

    private static ServerFixture scripted() {
        ServerFixture http = ServerFixture.chatting(KEY, ServerFixture.TOOLS, OpenAiClientsIT::answer);
        http.engine.allowance = request -> text(request).contains("long story") ? 20 : Integer.MAX_VALUE;
        return http;
    }

    /** Depends on the seed where the request leaves something to chance, as a model's answer does. */
    private static String answer(GenerationRequest request) {
        if (text(request).contains("<tools>") && text(request).endsWith("Paris?<|im_end|>\n<|im_start|>assistant\n")) {
            return "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>";
        }
        String answer = text(request).contains("long story") ? "And then? ".repeat(500) : "Hello there, friend.";
        return request.sampling().temperature() == 0
                ? answer
                : answer + " " + request.sampling().seed();
    }

    private static String text(GenerationRequest request) {
        return new FakeTokenizer(false).decode(request.prompt(), true);
    }

    static Path python() throws Exception {
        String system = WINDOWS ? "python" : "python3";
        Programs.require(system);
        Path venv = WORK.resolve("python");
        Path python = venv.resolve(WINDOWS ? "Scripts/python.exe" : "bin/python");
        Path done = venv.resolve(PYTHON_LIBRARY.replace("==", "-"));
        if (!Files.exists(done)) {
            Programs.run(WORK, system, "-m", "venv", venv.toString());
            Programs.run(WORK, python.toString(), "-m", "pip", "install", "--quiet", PYTHON_LIBRARY);
            Files.createFile(done);
        }
        return python;
    }
}

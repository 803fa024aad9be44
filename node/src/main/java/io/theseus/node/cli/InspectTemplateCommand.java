package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.template.ChatInput;
import io.theseus.engine.template.ChatMessages;
import io.theseus.engine.template.ChatTemplate;
import io.theseus.node.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code inspect template}: the text that a model would read. */
@CommandLine.Command(
        description = "Render a conversation with a chat template, as JSON.",
        sortOptions = false,
        footer = {
            "",
            "Reads {\"messages\", \"tools\", \"kwargs\", \"add_generation_prompt\", \"continue_final_message\",",
            "\"bos_token\", \"eos_token\", \"now\"}; only messages is needed. Writes {\"output\"}, or {\"error\"} where",
            "the template refuses. now is like 2025-07-26T12:34:56, in UTC. add_generation_prompt is true unless",
            "continue_final_message is. Without a token here, --template leaves it undefined and --model has its own.",
            "",
            "Examples",
            "  echo '{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}' | theseus inspect template --model model.gguf",
            "  theseus inspect template --template chat.jinja --jsonl conversations.jsonl"
        })
final class InspectTemplateCommand implements Command {
    @Option(names = "--template", paramLabel = "FILE", description = "A Jinja file, instead of the model's template.")
    @Nullable
    Path file;

    @Option(
            names = "--normalize",
            description = "Treat messages as the HTTP API does: text parts become one string, JSON arguments objects.")
    boolean normalize;

    @Mixin
    JsonInput input = new JsonInput();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return List.of(Setting.MODEL, Setting.HOME, Setting.OFFLINE);
    }

    @Override
    public int run(Call call) throws InterruptedException {
        JsonText json = new JsonText();
        ChatTemplate template = template(call);
        return input.each(call.console(), json, request -> answer(template, request, call));
    }

    private ChatTemplate template(Call call) throws InterruptedException {
        if (file != null) {
            return ChatTemplate.compile(text(file), null, null);
        }
        try (GgufFile gguf =
                GgufFile.open(ModelFiles.locate(call, call.configuration().config()))) {
            return ChatTemplate.from(gguf.metadata())
                    .orElseThrow(() -> new TheseusException(
                            ErrorCode.MODEL_UNSUPPORTED,
                            gguf.path() + " has no chat template; give one with --template FILE"));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "cannot read the template " + file + ": " + e, e);
        }
    }

    private JsonNode answer(ChatTemplate template, JsonRequest request, Call call) {
        List<Map<String, Object>> messages = request.objects("messages");
        if (!request.has("messages")) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "`messages` is missing, expected an array of objects");
        }
        if (normalize) {
            messages = ChatMessages.normalize(template, messages);
        }
        Map<String, @Nullable Object> variables = new LinkedHashMap<>(request.map("kwargs"));
        request.text("bos_token").ifPresent(token -> variables.put("bos_token", token));
        request.text("eos_token").ifPresent(token -> variables.put("eos_token", token));
        boolean continues = request.flag("continue_final_message", false);
        ChatInput conversation = new ChatInput(
                messages,
                request.objects("tools"),
                variables,
                request.flag("add_generation_prompt", !continues),
                continues,
                request.text("now").map(InspectTemplateCommand::instant).orElseGet(call.clock()::instant));
        return request.json().object().put("output", template.render(conversation));
    }

    private static Instant instant(String text) {
        String iso = text.strip().replaceFirst(" ", "T");
        return attempt(() -> Instant.parse(iso))
                .or(() -> attempt(() -> OffsetDateTime.parse(iso).toInstant()))
                .or(() -> attempt(() -> LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC)))
                .orElseThrow(() -> new TheseusException(
                        ErrorCode.BAD_INPUT, "`now` is \"" + text + "\", expected a time like 2025-07-26T12:34:56"));
    }

    private static Optional<Instant> attempt(java.util.function.Supplier<Instant> parse) {
        try {
            return Optional.of(parse.get());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}

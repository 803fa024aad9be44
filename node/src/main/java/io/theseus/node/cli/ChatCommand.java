package io.theseus.node.cli;

import io.theseus.node.LoadedModel;
import io.theseus.node.config.Configuration;
import io.theseus.node.config.Setting;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code chat}: a conversation. */
@CommandLine.Command(
        description = "Talk with a model, turn by turn. Ctrl-C stops an answer, ctrl-D leaves.",
        sortOptions = false,
        footer = {
            "",
            "A line that ends with a backslash goes on in the next one. Lines beginning with / are commands;",
            "/help lists them. Without a terminal each line of standard input is a turn, and answers alone go to",
            "standard output.",
            "",
            "Examples",
            "  theseus chat",
            "  theseus chat --system \"You are a terse assistant.\" --temperature 0.7",
            "  printf 'Hi!\\nWhat did I just say?\\n' | theseus chat"
        })
final class ChatCommand implements Command {
    @Option(
            names = {"-s", "--system"},
            paramLabel = "TEXT",
            description = "The system message. Default: the model's own.")
    @Nullable
    String system;

    @Mixin
    SamplingOptions sampling = new SamplingOptions();

    @Option(names = "--no-cache", description = "Compute every answer anew, and remember none.")
    boolean noCache;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return SettingOptions.OF_A_MODEL;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        Configuration configuration = call.configuration();
        sampling.parameters();
        try (AnswerMemory memory = new AnswerMemory(call, configuration.config(), !noCache);
                LoadedModel model = memory.open()) {
            ChatSession session = new ChatSession(call, model, memory, sampling, system);
            if (!call.console().interactive()) {
                return new PipedChat(call.console(), session).run();
            }
            return new TerminalChat(
                            call.console(), session, configuration.config().home())
                    .run();
        }
    }
}

package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.tokenizer.Tokenizer;
import io.theseus.engine.tokenizer.Tokenizers;
import io.theseus.node.config.Setting;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code inspect tokens}: what a model's tokenizer makes of a text. */
@CommandLine.Command(
        description = "Turn text into a model's token ids, as JSON.",
        sortOptions = false,
        footer = {
            "",
            "Reads {\"text\", \"parse_special\"} and writes {\"ids\"}. No BOS or EOS is added. Special tokens in the text",
            "stand for themselves only with parse_special. Files with a vocabulary alone will do.",
            "",
            "Examples",
            "  theseus inspect tokens --model model.gguf \"Hello world\"",
            "  theseus inspect tokens --model model.gguf --parse-special --pieces \"<|im_start|>user\"",
            "  theseus inspect tokens --model model.gguf --jsonl texts.jsonl"
        })
final class InspectTokensCommand implements Command {
    @Parameters(paramLabel = "TEXT", arity = "0..1", description = "A text; without it, JSON is read.")
    @Nullable
    String text;

    @Option(names = "--parse-special", description = "Let special tokens in TEXT stand for themselves.")
    boolean parseSpecial;

    @Option(names = "--pieces", description = "Also print the text of each token.")
    boolean pieces;

    @Mixin
    JsonInput input = new JsonInput();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return SettingOptions.OF_A_MODEL;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        JsonText json = new JsonText();
        try (GgufFile gguf =
                GgufFile.open(ModelFiles.locate(call, call.configuration().config()))) {
            Tokenizer tokenizer = Tokenizers.from(gguf.metadata());
            if (text == null) {
                return input.each(call.console(), json, request -> {
                    boolean special = request.flag("parse_special", parseSpecial);
                    return answer(json, tokenizer, request.requiredText("text"), special);
                });
            }
            if (input.isLines()) {
                throw new TheseusException(ErrorCode.BAD_INPUT, "give either a text or --jsonl, not both");
            }
            call.console().out().println(json.line(answer(json, tokenizer, text, parseSpecial)));
            return 0;
        }
    }

    private ObjectNode answer(JsonText json, Tokenizer tokenizer, String words, boolean special) {
        ObjectNode answer = json.object();
        int[] ids = tokenizer.encode(words, special);
        ArrayNode array = answer.putArray("ids");
        for (int id : ids) {
            array.add(id);
        }
        if (pieces) {
            ArrayNode texts = answer.putArray("pieces");
            for (int id : ids) {
                texts.add(new String(tokenizer.bytes(id), java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        return answer;
    }
}

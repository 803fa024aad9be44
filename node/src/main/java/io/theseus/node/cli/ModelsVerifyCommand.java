package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.node.models.InstalledModel;
import io.theseus.node.models.ModelStore;
import io.theseus.node.models.Verification;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code models verify}: every byte, against the checksum of the day it was fetched. */
@CommandLine.Command(
        description = "Read models whole and compare their SHA-256 with that of the file that was fetched.",
        sortOptions = false,
        footer = {
            "",
            "Prints a line for each; the exit status is 2 if one is damaged.",
            "",
            "Examples",
            "  theseus models verify",
            "  theseus models verify SmolLM2-135M-Instruct"
        })
final class ModelsVerifyCommand implements Command {
    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Names from `theseus models`. Default: all.")
    List<String> names = new ArrayList<>();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        ModelStore store = new ModelStore(call.configuration().config().home());
        List<String> all = names.isEmpty()
                ? store.list().stream().map(InstalledModel::name).toList()
                : names;
        if (all.isEmpty()) {
            call.console().note("no model is installed; `theseus pull` gets the default one");
        }
        int status = 0;
        for (String name : all) {
            Verification result;
            try (ProgressBar progress = new ProgressBar(call.console(), System::nanoTime)) {
                result = store.verify(name, progress);
            }
            switch (result) {
                case Verification.Intact intact ->
                    call.console()
                            .out()
                            .println("ok       " + intact.model().name() + "  "
                                    + intact.model().sha256());
                case Verification.Damaged damaged -> {
                    call.console().out().println("DAMAGED  " + damaged.model().name() + "  " + damaged.problem());
                    status = ErrorCode.MODEL_INVALID.exitStatus();
                }
            }
        }
        return status;
    }
}

package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.EmbeddingModel;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.config.Setting;
import io.theseus.node.models.ModelFetcher;
import java.nio.file.Path;
import java.util.List;

/** The encoder of commands about meaning. */
final class SentenceEncoder {
    /** What such a command takes. */
    static final List<Setting> SETTINGS = List.of(
            Setting.EMBEDDING_MODEL, Setting.MODEL, Setting.THREADS, Setting.KERNEL, Setting.OFFLINE, Setting.HOME);

    private SentenceEncoder() {}

    /** The one that {@code --model} or else the settings name; fetched here, with a progress bar, if it is not on this machine. */
    static EmbeddingModel of(Call call) throws InterruptedException {
        NodeConfig config = call.configuration().config();
        String name = call.flags().get(Setting.MODEL.key());
        if (name == null) {
            name = config.meaning()
                    .embeddingModel()
                    .orElseThrow(() -> new TheseusException(
                            ErrorCode.BAD_INPUT,
                            "the setting embedding-model is none; name a sentence encoder, such as all-MiniLM-L6-v2"));
        }
        try (ProgressBar progress = new ProgressBar(call.console(), System::nanoTime)) {
            Path file = new ModelFetcher(config, call.clock()).resolve(name, progress);
            return EmbeddingModel.of(config, call.clock(), file);
        }
    }
}

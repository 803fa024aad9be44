package io.theseus.node.cli;

import io.theseus.cache.CachedAnswer;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.Digest;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.NodeCache;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cache export}: remembered answers as a file, with the evidence for each. */
@CommandLine.Command(
        description = "Write remembered answers to a file that `theseus cache import` reads.",
        sortOptions = false,
        footer = {
            "",
            "Examples",
            "  theseus cache export answers.theseus",
            "  theseus cache export one.theseus 442cd1d71b78"
        })
final class CacheExportCommand implements CacheCommand {
    /** Begins every export; then each answer with its length (int32) before it. */
    static final String MAGIC = "theseus answers 1\n";

    @Parameters(index = "0", paramLabel = "FILE", description = "The file to write.")
    Path file = Path.of("");

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "KEY", description = "Which answers. Default: all.")
    List<String> keys = List.of();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        int written = 0;
        try (AnswerCache cache = NodeCache.required(call.configuration().config(), call.clock());
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeBytes(MAGIC);
            for (Digest key : keys.isEmpty() ? cache.keys() : resolved(cache)) {
                Optional<CachedAnswer> answer = cache.inspect(key);
                if (answer.isPresent()) {
                    byte[] bytes = answer.get().toBytes();
                    out.writeInt(bytes.length);
                    out.write(bytes);
                    written++;
                }
            }
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot write " + file + ": " + e.getMessage(), e);
        }
        call.console().out().println("wrote " + written + " answers to " + file);
        return 0;
    }

    private List<Digest> resolved(AnswerCache cache) throws InterruptedException {
        List<Digest> found = new java.util.ArrayList<>();
        for (String key : keys) {
            found.add(cache.resolve(key));
        }
        return found;
    }
}

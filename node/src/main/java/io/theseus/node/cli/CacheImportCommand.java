package io.theseus.node.cli;

import io.theseus.cache.CachedAnswer;
import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.NodeCache;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cache import}: takes answers of an export whose proofs hold. */
@CommandLine.Command(
        description = "Remember the answers in a file that `theseus cache export` wrote. Each one's proof is checked.",
        sortOptions = false,
        footer = {
            "",
            "Answers that this node computed are taken back. Those of another node are taken on its word with --trust,",
            "and served until their proof is 24 hours old.",
            "",
            "Examples",
            "  theseus cache import answers.theseus",
            "  theseus cache import --trust from-a-friend.theseus"
        })
final class CacheImportCommand implements CacheCommand {
    private static final int MOST_BYTES = 1 << 30;

    @Parameters(paramLabel = "FILE", description = "The file to read.")
    Path file = Path.of("");

    @Option(names = "--trust", description = "Take answers that another node signed.")
    boolean trust;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        int taken = 0;
        int refused = 0;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
                AnswerCache cache = NodeCache.required(call.configuration().config(), call.clock())) {
            byte[] magic = in.readNBytes(CacheExportCommand.MAGIC.length());
            if (!new String(magic, StandardCharsets.US_ASCII).equals(CacheExportCommand.MAGIC)) {
                throw notAnExport("it begins differently");
            }
            for (byte[] answer = next(in); answer.length > 0; answer = next(in)) {
                try {
                    cache.add(CachedAnswer.read(answer), trust);
                    taken++;
                } catch (TheseusException e) {
                    if (e.code() != ErrorCode.BAD_INPUT) {
                        throw e;
                    }
                    call.console().note("note: " + e.getMessage());
                    refused++;
                }
            }
        } catch (EOFException e) {
            throw notAnExport("it ends in the middle of an answer; " + taken + " before it were taken");
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + file + ": " + e.getMessage(), e);
        }
        call.console().out().println("took " + taken + " answers" + (refused > 0 ? ", refused " + refused : ""));
        return refused > 0 ? ErrorCode.BAD_INPUT.exitStatus() : 0;
    }

    /** The next answer's bytes, empty at the end of the file. */
    private byte[] next(DataInputStream in) throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            return new byte[0];
        }
        in.reset();
        int length = in.readInt();
        if (length <= 0 || length > MOST_BYTES) {
            throw notAnExport("an answer has " + length + " bytes");
        }
        byte[] answer = in.readNBytes(length);
        if (answer.length < length) {
            throw new EOFException();
        }
        return answer;
    }

    private TheseusException notAnExport(String why) {
        return new TheseusException(ErrorCode.BAD_INPUT, file + " is not an export of answers: " + why);
    }
}

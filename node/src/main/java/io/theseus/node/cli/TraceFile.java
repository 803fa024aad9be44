package io.theseus.node.cli;

import io.theseus.cache.policy.Trace;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Recorded traffic as JSON Lines, plain or gzip: {@code {"timestamp": ms, "input_length": tokens, "hash_ids": [id of each block]}},
 * an id standing for its block and all before it. Other fields are ignored, as are blank lines.
 *
 * <p>Source: R. Qin et al., "Mooncake: A KVCache-centric Disaggregated Architecture for LLM Serving", 2024, §4 (the trace's format).
 */
final class TraceFile {
    private static final int GZIP_MAGIC = 0x1F8B;

    private final JsonText json = new JsonText();
    private final String name;

    private TraceFile(String name) {
        this.name = name;
    }

    /**
     * Reads {@code file}.
     *
     * @param blockTokens tokens of a block
     * @throws TheseusException {@code BAD_INPUT} if there is no such file, or a line is not such a request; it names the line
     */
    static Trace read(String file, int blockTokens) {
        List<Trace.Request> requests = new TraceFile(file).requests();
        if (requests.isEmpty()) {
            throw new TheseusException(ErrorCode.BAD_INPUT, file + " holds no request");
        }
        requests.sort(Comparator.comparingDouble(Trace.Request::seconds));
        return new Trace(requests, blockTokens);
    }

    private List<Trace.Request> requests() {
        List<Trace.Request> requests = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null) {
                number++;
                if (!line.isBlank()) {
                    requests.add(request(line, number));
                }
            }
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new TheseusException(ErrorCode.BAD_INPUT, "there is no file " + name, e);
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "cannot read " + name + " after line " + number + ": " + e.getMessage(), e);
        }
        return requests;
    }

    private InputStream open() throws IOException {
        InputStream file = new BufferedInputStream(Files.newInputStream(Path.of(name)), 1 << 16);
        file.mark(2);
        int magic = file.read() << 8 | file.read();
        file.reset();
        return magic == GZIP_MAGIC ? new GZIPInputStream(file, 1 << 16) : file;
    }

    private Trace.Request request(String line, int number) {
        JsonNode fields;
        try {
            fields = json.mapper().readTree(line);
        } catch (JacksonException e) {
            throw wrong(number, "is not JSON: " + e.getOriginalMessage(), e);
        }
        double millis = number(fields, "timestamp", number).doubleValue();
        if (!Double.isFinite(millis)) {
            throw wrong(number, "has a `timestamp` that is not finite", null);
        }
        JsonNode tokens = number(fields, "input_length", number);
        JsonNode ids = fields.get("hash_ids");
        if (!tokens.canConvertToInt() || tokens.intValue() < 0) {
            throw wrong(number, "has `input_length` " + tokens + ", expected 0 or more tokens", null);
        }
        if (ids == null || !ids.isArray()) {
            throw wrong(number, "has no list `hash_ids`", null);
        }
        List<Long> chain = new ArrayList<>(ids.size());
        for (JsonNode id : ids) {
            if (!id.isIntegralNumber() || !id.canConvertToLong()) {
                throw wrong(number, "has " + id + " among its `hash_ids`, expected integers", null);
            }
            chain.add(id.longValue());
        }
        return new Trace.Request(millis / 1000, tokens.intValue(), chain);
    }

    private JsonNode number(JsonNode fields, String field, int line) {
        JsonNode value = fields.isObject() ? fields.get(field) : null;
        if (value == null || !value.isNumber()) {
            throw wrong(line, "has no number `" + field + "`", null);
        }
        return value;
    }

    private TheseusException wrong(int line, String what, @Nullable Exception cause) {
        String message = name + ":" + line + " " + what;
        return cause == null
                ? new TheseusException(ErrorCode.BAD_INPUT, message)
                : new TheseusException(ErrorCode.BAD_INPUT, message, cause);
    }
}

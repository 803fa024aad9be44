package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.gguf.TensorInfo;
import java.lang.reflect.Array;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code inspect model}: what a GGUF file says about itself. */
@CommandLine.Command(
        description = "Show a GGUF file's metadata, tensors, sizes and model root, as JSON.",
        sortOptions = false,
        footer = {
            "",
            "Long arrays (vocabularies) are cut to their first values unless --all is given. Works on files",
            "without tensors, and on architectures that this engine cannot run (their model_root is null).",
            "",
            "Examples",
            "  theseus inspect model SmolLM2-135M-Instruct",
            "  theseus inspect model model.gguf --no-root | jq '.metadata.\"general.architecture\"'"
        })
final class InspectModelCommand implements Command {
    private static final int SHOWN = 8;

    @Parameters(paramLabel = "FILE", description = "A GGUF file.")
    String file = "";

    @Option(names = "--all", description = "Print arrays whole.")
    boolean all;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) {
        JsonText json = new JsonText();
        try (GgufFile gguf = GgufFile.open(path())) {
            ObjectNode page = json.object();
            page.put("file", gguf.path().toString());
            page.put("bytes", gguf.bytes());
            page.put("version", gguf.version());
            ObjectNode metadata = page.putObject("metadata");
            gguf.metadata()
                    .entries()
                    .forEach((key, value) -> metadata.set(key, json.mapper().valueToTree(shown(value))));
            tensors(gguf, page);
            call.console().out().println(json.page(page));
        }
        return 0;
    }

    private Path path() {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new TheseusException(ErrorCode.MODEL_NOT_FOUND, "`" + file + "` is not a path: " + e.getReason(), e);
        }
    }

    private static void tensors(GgufFile gguf, ObjectNode page) {
        long elements = 0;
        long bytes = 0;
        Map<String, Long> byType = new LinkedHashMap<>();
        for (TensorInfo tensor : gguf.tensors()) {
            elements += tensor.elements();
            bytes += tensor.bytes();
            byType.merge(tensor.type().name(), tensor.bytes(), Long::sum);
        }
        page.put("parameters", elements);
        page.put("tensor_bytes", bytes);
        ObjectNode types = page.putObject("tensor_bytes_by_type");
        byType.forEach(types::put);
        ArrayNode list = page.putArray("tensors");
        for (TensorInfo tensor : gguf.tensors()) {
            ObjectNode entry = list.addObject();
            entry.put("name", tensor.name());
            entry.put("type", tensor.type().name());
            ArrayNode shape = entry.putArray("shape");
            tensor.shape().forEach(shape::add);
            entry.put("offset", tensor.offset());
            entry.put("bytes", tensor.bytes());
        }
    }

    /** The value itself, or for a long array its length and first elements. */
    private Object shown(Object value) {
        if (all) {
            return value;
        }
        if (value instanceof List<?> list && list.size() > SHOWN) {
            return Map.of("length", list.size(), "first", list.subList(0, SHOWN));
        }
        if (value.getClass().isArray() && Array.getLength(value) > SHOWN) {
            Object first = Array.newInstance(value.getClass().getComponentType(), SHOWN);
            System.arraycopy(value, 0, first, 0, SHOWN);
            Map<String, Object> cut = new LinkedHashMap<>();
            cut.put("length", Array.getLength(value));
            cut.put("first", first);
            return cut;
        }
        return value;
    }
}

package io.theseus.node.cli;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.gguf.TensorInfo;
import io.theseus.engine.model.LanguageModel;
import io.theseus.engine.model.ModelOptions;
import io.theseus.node.models.InstalledModel;
import io.theseus.node.models.ModelStore;
import java.lang.reflect.Array;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    @Parameters(paramLabel = "FILE", description = "A GGUF file, or the name of an installed model.")
    String file = "";

    @Option(names = "--all", description = "Print arrays whole.")
    boolean all;

    @Option(names = "--no-root", description = "Leave the model root out, which takes reading all weights.")
    boolean noRoot;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public int run(Call call) throws InterruptedException {
        JsonText json = new JsonText();
        try (GgufFile gguf = GgufFile.open(path(call))) {
            ObjectNode page = json.object();
            page.put("file", gguf.path().toString());
            page.put("bytes", gguf.bytes());
            page.put("version", gguf.version());
            ObjectNode metadata = page.putObject("metadata");
            gguf.metadata()
                    .entries()
                    .forEach((key, value) -> metadata.set(key, json.mapper().valueToTree(shown(value))));
            if (!noRoot) {
                root(gguf, page);
            }
            tensors(gguf, page);
            call.console().out().println(json.page(page));
        }
        return 0;
    }

    /** The hash that names the model whatever file it came in; null with a reason where the engine cannot run it. */
    private static void root(GgufFile gguf, ObjectNode page) {
        try (LanguageModel model = LanguageModel.load(gguf, ModelOptions.DEFAULT)) {
            page.put("model_root", HexFormat.of().formatHex(model.modelRoot()));
        } catch (TheseusException e) {
            page.putNull("model_root");
            page.put("model_root_error", e.getMessage());
        }
    }

    private Path path(Call call) throws InterruptedException {
        Optional<InstalledModel> installed =
                new ModelStore(call.configuration().config().home()).find(file);
        if (installed.isPresent()) {
            return installed.get().file();
        }
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

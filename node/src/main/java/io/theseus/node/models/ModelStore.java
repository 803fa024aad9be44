package io.theseus.node.models;

import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models in the home folder: one folder each, with the model file and its record. A file gets its name only when it is whole and
 * its checksum is right; what is still on its way ends in {@code .part}.
 */
public final class ModelStore {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");

    /** Names that Windows keeps for devices, whatever follows the first dot. */
    private static final Pattern DEVICE =
            Pattern.compile("(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?", Pattern.CASE_INSENSITIVE);

    private final Path models;

    /** The models of the node whose home is {@code home}. Nothing is created before it is needed. */
    public ModelStore(Path home) {
        this.models = home.resolve("models");
    }

    /** All models that can be used, by name. */
    public List<InstalledModel> list() {
        List<InstalledModel> found = new ArrayList<>();
        for (Path folder : folders()) {
            if (Files.exists(folder.resolve(ModelRecord.FILE))) {
                found.add(installed(folder));
            }
        }
        return found;
    }

    /** Names of models of which only a part is here, because fetching them was broken off. */
    public List<String> partial() {
        List<String> names = new ArrayList<>();
        for (Path folder : folders()) {
            if (!Files.exists(folder.resolve(ModelRecord.FILE))) {
                names.add(name(folder));
            }
        }
        return names;
    }

    /**
     * The model called {@code name}, in upper or lower case, if it is here. A file that was touched since its checksum was known to be
     * right is read again before it is handed out.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_INVALID} if the file is not what was fetched
     * @throws InterruptedException if the thread is interrupted while the file is read
     */
    public Optional<InstalledModel> find(String name) throws InterruptedException {
        Optional<InstalledModel> found = peek(name);
        if (found.isPresent()) {
            ModelRecord record = ModelRecord.read(folder(found.get().name()));
            if (!unchanged(found.get().file(), record)
                    && verify(found.get(), FetchListener.NONE) instanceof Verification.Damaged damaged) {
                throw new TheseusException(
                        ErrorCode.MODEL_INVALID,
                        damaged.problem() + "; run `theseus models remove "
                                + found.get().name() + "` and fetch it again");
            }
        }
        return found;
    }

    /**
     * Reads the model called {@code name} from end to end.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND} if it is not here
     */
    public Verification verify(String name, FetchListener listener) throws InterruptedException {
        return verify(peek(name).orElseThrow(() -> notInstalled(name)), listener);
    }

    /**
     * Removes the model called {@code name}, whole or partial.
     *
     * @throws TheseusException {@link ErrorCode#MODEL_NOT_FOUND} if it is not here
     */
    public void remove(String name) throws InterruptedException {
        Path folder = folders().stream()
                .filter(f -> name(f).equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> notInstalled(name));
        try (FetchLock lock = lock(name(folder), Pause.REAL, () -> {});
                Stream<Path> inside = Files.walk(folder)) {
            // The record goes first, so that no half-removed model looks whole.
            Files.deleteIfExists(folder.resolve(ModelRecord.FILE));
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.IO_FAILED, "cannot remove " + folder + ": " + e + "; is a program using the model?", e);
        }
    }

    /** The installed model, without a look at its file. */
    Optional<InstalledModel> peek(String name) {
        // The usual case first: every start of the program comes through here.
        if (NAME.matcher(name).matches()) {
            Path folder = models.resolve(name);
            if (Files.exists(folder.resolve(ModelRecord.FILE))) {
                return Optional.of(installed(folder));
            }
        }
        return list().stream().filter(m -> m.name().equalsIgnoreCase(name)).findFirst();
    }

    /** Where the model called {@code name} lives, or will. */
    Path folder(String name) {
        checkName(name);
        return models.resolve(name);
    }

    /** Keeps everyone else from writing the folder of the model called {@code name}. */
    FetchLock lock(String name, Pause pause, Runnable whenHeld) throws InterruptedException {
        return FetchLock.take(models.resolve(".locks"), name.toLowerCase(Locale.ROOT), pause, whenHeld);
    }

    /** Makes a whole and checked file, which lies in the model's folder as {@code part}, the model's file. */
    InstalledModel install(String name, Path part, ModelRecord record) throws IOException {
        Path folder = folder(name);
        Path file = folder.resolve(record.file());
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        record.touched(file).write(folder);
        return installed(folder);
    }

    /** Refuses names that some file system would not take, or take for something else. */
    static void checkName(String name) {
        if (!NAME.matcher(name).matches() || DEVICE.matcher(name).matches()) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT,
                    "\"" + name
                            + "\" cannot name a model or its file; use letters, digits, dots, dashes and underscores");
        }
    }

    private Verification verify(InstalledModel model, FetchListener listener) throws InterruptedException {
        Path folder = folder(model.name());
        ModelRecord record = ModelRecord.read(folder);
        try {
            long bytes = Files.size(model.file());
            if (bytes != record.bytes()) {
                return new Verification.Damaged(
                        model, model.file() + " has " + bytes + " bytes, but had " + record.bytes() + " when fetched");
            }
            ModelRecord now = record.touched(model.file());
            String sha256 = Checksum.sha256(model.file(), listener);
            if (!sha256.equals(record.sha256())) {
                return new Verification.Damaged(
                        model,
                        model.file() + " has the SHA-256 " + sha256 + ", but had " + record.sha256() + " when fetched");
            }
            if (!now.equals(record)) {
                now.write(folder);
            }
            return new Verification.Intact(model);
        } catch (NoSuchFileException e) {
            return new Verification.Damaged(model, model.file() + " is missing");
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot read " + model.file() + ": " + e, e);
        }
    }

    private static boolean unchanged(Path file, ModelRecord record) {
        try {
            return Files.size(file) == record.bytes()
                    && Files.getLastModifiedTime(file).toMillis() == record.modifiedMillis();
        } catch (IOException e) {
            return false;
        }
    }

    private InstalledModel installed(Path folder) {
        ModelRecord record = ModelRecord.read(folder);
        return new InstalledModel(
                name(folder),
                folder.resolve(record.file()),
                record.source(),
                record.licence(),
                record.sha256(),
                record.bytes());
    }

    private List<Path> folders() {
        try (Stream<Path> all = Files.list(models)) {
            return all.filter(f -> NAME.matcher(name(f)).matches() && Files.isDirectory(f))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new TheseusException(ErrorCode.IO_FAILED, "cannot list " + models + ": " + e, e);
        }
    }

    private static String name(Path folder) {
        return folder.getFileName().toString();
    }

    private static TheseusException notInstalled(String name) {
        return new TheseusException(
                ErrorCode.MODEL_NOT_FOUND, "no model called " + name + " is installed; see `theseus models`");
    }
}

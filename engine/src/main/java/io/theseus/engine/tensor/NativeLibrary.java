package io.theseus.engine.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The optional library of kernels ({@code engine/native}), found but not yet loaded.
 *
 * <p>It is looked for at the file or folder in {@code -Dtheseus.kernels} ({@code none} = do not look), else beside the jar of this class. Where
 * it is missing, has another ABI, or does not know this processor, kernels in Java do the same.
 */
final class NativeLibrary {
    private static final int ABI = 4;
    private static final String PROPERTY = "theseus.kernels";
    private static final String FILE = System.mapLibraryName("theseus_kernels");

    private final SymbolLookup symbols;

    private NativeLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** The library, if there is one that this processor can run. It stays loaded for good. */
    static Optional<NativeLibrary> find() {
        return path().flatMap(NativeLibrary::open);
    }

    private static Optional<Path> path() {
        String set = System.getProperty(PROPERTY, "");
        if (set.equals("none")) {
            return Optional.empty();
        }
        Optional<Path> path = set.isEmpty() ? besideTheJar() : Optional.of(Path.of(set));
        return path.map(p -> Files.isDirectory(p) ? p.resolve(FILE) : p).filter(Files::isRegularFile);
    }

    private static Optional<Path> besideTheJar() {
        try {
            var source = NativeLibrary.class.getProtectionDomain().getCodeSource();
            if (source == null) {
                return Optional.empty();
            }
            Path jar = Path.of(source.getLocation().toURI());
            return Optional.of(jar.resolveSibling(FILE));
        } catch (java.net.URISyntaxException | IllegalArgumentException | java.nio.file.FileSystemNotFoundException e) {
            return Optional.empty(); // classes from somewhere that is no file: there is nothing beside them
        }
    }

    @SuppressWarnings("restricted") // native access is what this class is for
    private static Optional<NativeLibrary> open(Path path) {
        try {
            NativeLibrary library = new NativeLibrary(SymbolLookup.libraryLookup(path, Arena.global()));
            MethodHandle abi = Linker.nativeLinker()
                    .downcallHandle(
                            library.symbols.findOrThrow("theseus_kernels_abi"), FunctionDescriptor.of(JAVA_INT));
            return (int) abi.invokeExact() == ABI ? Optional.of(library) : Optional.empty();
        } catch (Throwable e) {
            // Made for another system or processor, or damaged: the kernels in Java need nothing of it.
            System.getLogger(NativeLibrary.class.getName())
                    .log(System.Logger.Level.WARNING, "native kernels not used path=" + path + " reason=" + e);
            return Optional.empty();
        }
    }

    /**
     * The entry to all functions: int (int function, numbers, nine arrays). It may be given heap arrays, because it returns soon and
     * never calls back.
     */
    @SuppressWarnings("restricted")
    MethodHandle entry() {
        MemoryLayout[] parameters = new MemoryLayout[11];
        Arrays.fill(parameters, ADDRESS);
        parameters[0] = JAVA_INT;
        return Linker.nativeLinker()
                .downcallHandle(
                        symbols.findOrThrow("theseus_kernels_call"),
                        FunctionDescriptor.of(JAVA_INT, parameters),
                        Linker.Option.critical(true));
    }
}

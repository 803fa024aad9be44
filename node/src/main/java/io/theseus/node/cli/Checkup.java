package io.theseus.node.cli;

import io.theseus.core.DataSize;
import io.theseus.core.TheseusException;
import io.theseus.engine.gguf.GgufFile;
import io.theseus.engine.tensor.NativeKernels;
import io.theseus.engine.tensor.VectorKernels;
import io.theseus.node.ModelLoader;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.models.Catalogue;
import io.theseus.node.models.InstalledModel;
import io.theseus.node.models.ModelStore;
import io.theseus.node.models.Verification;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at everything that decides whether, and how fast, this machine can run a model. */
final class Checkup {
    private static final long LITTLE_MEMORY = 2L << 30;
    private static final long LITTLE_DISK = 1L << 30;

    private final NodeConfig config;
    private final Console console;

    Checkup(NodeConfig config, Console console) {
        this.config = config;
        this.console = console;
    }

    /** How it stands. */
    enum Status {
        OK,
        WARN,
        FAIL
    }

    /**
     * One thing that was looked at.
     *
     * @param advice what to change, empty if nothing
     */
    record Finding(String name, Status status, String detail, String advice) {}

    List<Finding> findings() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(kernels());
        findings.add(cores());
        findings.add(memory());
        findings.add(home());
        findings.add(model());
        findings.add(port());
        return findings;
    }

    private static Finding java() {
        String detail = System.getProperty("java.vm.name") + " " + Runtime.version() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch");
        return ok("java", detail);
    }

    private Finding kernels() {
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        String here = NativeKernels.available()
                ? new NativeKernels() + (vectors ? ", " + new VectorKernels() : "")
                : vectors ? new VectorKernels().toString() : "scalar";
        if (config.engine().kernel() == NodeConfig.Kernel.SCALAR) {
            return new Finding(
                    "kernels",
                    Status.WARN,
                    here + " here, but the setting kernel is scalar",
                    "set kernel to auto: the bits are the same, the speed is not");
        }
        if (here.equals("scalar")) {
            return new Finding(
                    "kernels",
                    Status.FAIL,
                    "neither native kernels nor the module jdk.incubator.vector",
                    "start with the launcher, or add --add-modules=jdk.incubator.vector");
        }
        if (!NativeKernels.available() && System.getProperty("os.arch", "").matches("amd64|x86_64")) {
            return new Finding(
                    "kernels",
                    Status.OK,
                    here + "; native ones, half as fast again, are built where cargo is (https://rustup.rs)",
                    "");
        }
        return ok("kernels", here);
    }

    private Finding cores() {
        int cores = Runtime.getRuntime().availableProcessors();
        int threads = config.engine().threads().orElse(cores);
        String detail = cores + " for this process, " + threads + " threads";
        if (threads > cores) {
            return new Finding(
                    "cores", Status.WARN, detail, "more threads than cores slow each other down; set threads to auto");
        }
        return cores == 1
                ? new Finding("cores", Status.WARN, detail, "give the process another core, and answers do not wait")
                : ok("cores", detail);
    }

    private Finding memory() {
        long heap = Runtime.getRuntime().maxMemory();
        String machine =
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        ? new DataSize(system.getTotalMemorySize()).forPeople() + " in the machine, "
                                + new DataSize(system.getFreeMemorySize()).forPeople() + " free, "
                        : "";
        long kv = ModelLoader.options(config.engine()).kvBytes();
        String detail = machine + new DataSize(heap).forPeople() + " for Java, of it " + new DataSize(kv).forPeople()
                + " for the state of sequences";
        if (kv > heap / 2) {
            return new Finding("memory", Status.WARN, detail, "little is left for weights; lower kv-memory");
        }
        return heap < LITTLE_MEMORY
                ? new Finding(
                        "memory", Status.WARN, detail, "only small models fit; THESEUS_JAVA_OPTS=-Xmx8g gives more")
                : ok("memory", detail);
    }

    private Finding home() {
        Path existing = config.home().toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return new Finding(
                    "home", Status.FAIL, config.home() + " cannot be written", "set THESEUS_HOME to a folder that can");
        }
        try {
            long usable = Files.getFileStore(existing).getUsableSpace();
            String detail = config.home() + ", " + new DataSize(usable).forPeople() + " free";
            return usable < LITTLE_DISK
                    ? new Finding("home", Status.WARN, detail, "free some space before fetching a model")
                    : ok("home", detail);
        } catch (IOException e) {
            return new Finding("home", Status.WARN, config.home() + ": free space is unknown (" + e + ")", "");
        }
    }

    private Finding model() throws InterruptedException {
        String name = config.model();
        try {
            Path path = Path.of(name);
            if (Files.isRegularFile(path)) {
                try (GgufFile file = GgufFile.open(path)) {
                    return ok("model", path + ", " + new DataSize(file.bytes()).forPeople() + ", header is right");
                }
            }
        } catch (InvalidPathException e) {
            console.err().flush();
        } catch (TheseusException e) {
            return new Finding("model", Status.FAIL, String.valueOf(e.getMessage()), "");
        }
        ModelStore store = new ModelStore(config.home());
        Optional<InstalledModel> installed = store.list().stream()
                .filter(model -> model.name().equalsIgnoreCase(name))
                .findFirst();
        if (installed.isEmpty()) {
            boolean known = Catalogue.load(config.home()).find(name).isPresent() || name.contains(":");
            return known
                    ? new Finding(
                            "model",
                            Status.WARN,
                            name + " is not installed",
                            "`theseus pull` fetches it; so does `ask`")
                    : new Finding("model", Status.FAIL, name + " is neither a file nor known", "see `theseus models`");
        }
        try (ProgressBar progress = new ProgressBar(console, System::nanoTime)) {
            return switch (store.verify(installed.get().name(), progress)) {
                case Verification.Intact intact ->
                    ok("model", name + ", " + new DataSize(intact.model().bytes()).forPeople() + ", checksum is right");
                case Verification.Damaged damaged ->
                    new Finding(
                            "model",
                            Status.FAIL,
                            name + ": " + damaged.problem(),
                            "`theseus models remove " + name + "`, then `theseus pull " + name + "`");
            };
        }
    }

    private Finding port() {
        String where = config.http().listen() + ":" + config.http().port();
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(
                    new InetSocketAddress(config.http().listen(), config.http().port()));
            return ok("port", where + " is free");
        } catch (IOException | IllegalArgumentException e) {
            return new Finding(
                    "port",
                    Status.WARN,
                    where + ": " + e.getMessage(),
                    "`serve` needs another --port, if it is not the one that is running there");
        }
    }

    private static Finding ok(String name, String detail) {
        return new Finding(name, Status.OK, detail, "");
    }
}

package io.theseus.node.models;

import io.theseus.node.config.NodeConfig;
import io.theseus.node.config.ProxySetting;
import io.theseus.testkit.GgufWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** A fetcher in a home of its own, whose pauses take no time, whose disk has any size, and all of whose events are kept. */
final class Bench {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    final Path home;
    final ModelStore store;
    final List<FetchEvent> events = new CopyOnWriteArrayList<>();
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    volatile long usableBytes = Long.MAX_VALUE / 2;
    Duration patience = Duration.ofSeconds(20);
    ProxySetting proxy = ProxySetting.NONE;
    URI hub = URI.create("http://127.0.0.1:1");
    Optional<String> token = Optional.empty();
    boolean offline;
    List<List<String>> pythons = List.of();

    Bench(Path home) {
        this.home = home;
        this.store = new ModelStore(home);
    }

    ModelFetcher fetcher() {
        return new ModelFetcher(
                store,
                () -> Catalogue.load(home),
                new NodeConfig.Downloads(proxy, hub, token, offline),
                new WebDownload.Environment(() -> NOW, pauses::add, folder -> usableBytes, patience),
                pythons);
    }

    InstalledModel pull(Object source) throws InterruptedException {
        return fetcher().pull(source.toString(), events::add);
    }

    void catalogue(String text) throws IOException {
        Files.createDirectories(home);
        Files.writeString(home.resolve(Catalogue.FILE), text);
    }

    /** The part of the model called {@code name}. */
    Path part(String name) {
        return home.resolve("models").resolve(name).resolve(name + ".gguf.part");
    }

    <E extends FetchEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** A valid model file of some 400 kB; another one for each seed. */
    static byte[] model(int seed) {
        byte[] noise = new byte[400_000];
        new Random(seed).nextBytes(noise);
        return new GgufWriter()
                .string("general.architecture", "llama")
                .tensor("noise", 24, new long[] {noise.length}, noise)
                .bytes();
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}

package io.theseus.node;

import io.theseus.cache.answers.AnswerCache;
import io.theseus.core.ErrorCode;
import io.theseus.core.TheseusException;
import io.theseus.node.config.NodeConfig;
import io.theseus.node.upstream.Upstream;
import io.theseus.node.upstream.UpstreamPool;
import io.theseus.node.upstream.UpstreamRelay;
import io.theseus.node.upstream.UpstreamSettings;
import io.theseus.orchestrator.meaning.Meanings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** The other engines that the settings name. */
final class NodeUpstreams {
    private NodeUpstreams() {}

    /**
     * The way to them, if there are any.
     *
     * @throws TheseusException {@code BAD_INPUT} if one of them, or its key, cannot be used as given
     */
    static Optional<UpstreamRelay> of(NodeConfig config, Optional<AnswerCache> cache, Optional<Meanings> meanings) {
        NodeConfig.Upstreams settings = config.upstreams();
        if (settings.addresses().isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> keys = settings.keys().map(NodeUpstreams::keys).orElse(Map.of());
        List<Upstream> upstreams = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String address : settings.addresses()) {
            Upstream upstream = Upstream.parse(address);
            if (!names.add(upstream.name())) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        "two upstreams are called " + upstream.name() + "; name them, as in a=http://host:port/v1");
            }
            String variable = "THESEUS_UPSTREAM_"
                    + upstream.name().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_KEY";
            upstreams.add(upstream.withKey(Optional.ofNullable(keys.get(upstream.name()))
                    .or(() -> Optional.ofNullable(settings.variables().get(variable)))));
        }
        for (String name : keys.keySet()) {
            if (!names.contains(name)) {
                throw new TheseusException(
                        ErrorCode.BAD_INPUT,
                        "the file of upstream-keys has a key for " + name + ", but the upstreams are "
                                + String.join(", ", names));
            }
        }
        UpstreamPool pool = new UpstreamPool(
                upstreams, settings(settings), config.downloads().proxy(), new SplittableRandom());
        return Optional.of(new UpstreamRelay(pool, cache, meanings));
    }

    private static UpstreamSettings settings(NodeConfig.Upstreams settings) {
        UpstreamSettings usual = UpstreamSettings.DEFAULT;
        return new UpstreamSettings(
                settings.connect(),
                settings.firstByte(),
                settings.idle(),
                settings.retries(),
                new UpstreamSettings.Hedge(settings.hedges(), settings.hedgeAfter()),
                usual.breakerFailures(),
                usual.breakerPause());
    }

    private static Map<String, String> keys(Path file) {
        Map<String, String> keys = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                String text = line.strip();
                int equals = text.indexOf('=');
                if (text.isEmpty() || text.startsWith("#")) {
                    continue;
                }
                String key = text.substring(equals + 1).strip();
                if (equals < 1 || !key.matches("[\\x21-\\x7E]+")) {
                    throw new TheseusException(
                            ErrorCode.BAD_INPUT,
                            "the file of upstream-keys, " + file + ", has a line that is not NAME=KEY");
                }
                keys.put(text.substring(0, equals).strip(), key);
            }
            return keys;
        } catch (IOException e) {
            throw new TheseusException(
                    ErrorCode.BAD_INPUT, "cannot read the file of upstream-keys, " + file + ": " + e.getMessage(), e);
        }
    }
}

package io.theseus.node.config;

import io.theseus.cache.Scope;
import io.theseus.cache.semantic.ErrorBound;
import io.theseus.core.DataSize;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything a node can be told, checked.
 *
 * @param home folder of models, settings and caches; absolute, need not exist yet
 * @param model name, file or address of the model to use
 */
public record NodeConfig(
        Path home,
        String model,
        LogLevel logLevel,
        Http http,
        Engine engine,
        Downloads downloads,
        Meaning meaning,
        Cache cache,
        States states,
        Upstreams upstreams) {
    /** How much is logged; each level includes those before it. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        /** Also shows the text of prompts. */
        DEBUG
    }

    /** Which implementation of the arithmetic runs; all give the same bits. */
    public enum Kernel {
        AUTO,
        SCALAR,
        VECTOR,
        NATIVE
    }

    /**
     * What {@code serve} offers to the outside.
     *
     * @param listen host name or address to bind
     * @param port 0 = any free one
     * @param apiKeys file with one accepted key a line
     * @param allowUnauthenticated whether another address than loopback may go without keys
     * @param corsOrigins web origins that may call from a browser
     * @param maxBody largest accepted request body
     * @param maxConnections most connections open at once
     * @param keepAlive time between keep-alive comments in a silent stream
     * @param shutdownGrace time that running answers get to finish when the node stops
     */
    public record Http(
            String listen,
            int port,
            Optional<Path> apiKeys,
            boolean allowUnauthenticated,
            List<String> corsOrigins,
            DataSize maxBody,
            int maxConnections,
            Duration keepAlive,
            Duration shutdownGrace) {
        public Http {
            corsOrigins = List.copyOf(corsOrigins);
        }
    }

    /**
     * How answers are computed.
     *
     * @param threads empty = one per core
     * @param contextLength most tokens of prompt and answer together; empty = the model's own
     * @param kvMemory for the state of sequences; empty = a share of the machine's memory
     * @param maxRunning most answers computed at the same time
     * @param queue most requests that wait
     * @param deadline longest time for an answer; empty = no limit
     */
    public record Engine(
            OptionalInt threads,
            Kernel kernel,
            OptionalInt contextLength,
            Optional<DataSize> kvMemory,
            int maxRunning,
            int queue,
            Optional<Duration> deadline) {}

    /**
     * What is done with the meaning of texts.
     *
     * @param embeddingModel name, file or address of the model that makes embeddings; empty = none
     * @param on whether remembered answers also serve questions that only mean the same
     * @param errorBound share of what is served so that may be wrong
     */
    public record Meaning(Optional<String> embeddingModel, boolean on, ErrorBound errorBound) {}

    /**
     * What is remembered of answers.
     *
     * @param on whether anything is
     * @param size most bytes on disk
     * @param memory most bytes of checked answers in memory
     * @param timeToLive after which an answer expires
     * @param preview whether the beginnings of question and answer are kept in readable form
     * @param scope who may get an answer, if its request does not say
     */
    public record Cache(
            boolean on, DataSize size, DataSize memory, Duration timeToLive, boolean preview, Scope scope) {}

    /**
     * The other engines that this node stands in front of.
     *
     * @param addresses {@code [NAME=]URL} each
     * @param keys file with {@code NAME=KEY} lines
     * @param variables keys from the environment, by the name of the variable
     * @param ownModel whether a model of our own is served as well
     * @param connect longest wait for a connection
     * @param firstByte longest wait for an answer to begin
     * @param idle longest silence within a stream
     * @param retries attempts after the first
     * @param hedges whether a second upstream is asked when one is late
     * @param hedgeAfter how late; empty = as measured
     */
    public record Upstreams(
            List<String> addresses,
            Optional<Path> keys,
            Map<String, String> variables,
            boolean ownModel,
            Duration connect,
            Duration firstByte,
            Duration idle,
            int retries,
            boolean hedges,
            Optional<Duration> hedgeAfter) {
        public Upstreams {
            addresses = List.copyOf(addresses);
            variables = Map.copyOf(variables);
        }

        /** Never shows a key. */
        @Override
        public String toString() {
            return "Upstreams[addresses=" + addresses + "]";
        }
    }

    /**
     * States of prompts on disk.
     *
     * @param on whether any are kept
     * @param size most bytes of files
     */
    public record States(boolean on, DataSize size) {}

    /**
     * How models are fetched.
     *
     * @param proxy where connections to the outside go through
     * @param hfEndpoint where {@code hf:} sources come from, without a slash at the end
     * @param hfToken sent to {@code hfEndpoint} alone, for models that need a login
     * @param offline whether nothing may be fetched
     */
    public record Downloads(ProxySetting proxy, URI hfEndpoint, Optional<String> hfToken, boolean offline) {
        /** Never shows the token. */
        @Override
        public String toString() {
            return "Downloads[hfEndpoint=" + hfEndpoint + ", offline=" + offline + "]";
        }
    }
}

package io.theseus.node.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every setting there is. Its {@link #key()} is the word in {@code node.properties} and, after two dashes, the flag; its
 * {@link #variable()} the environment variable.
 */
public enum Setting {
    HOME("", "folder of models, settings and caches"),
    MODEL(
            "SmolLM2-135M-Instruct",
            "model to use: a name from `theseus models`, a file, a URL, or hf:org/repo/file.gguf"),
    EMBEDDING_MODEL(
            "all-MiniLM-L6-v2",
            "model that makes embeddings, loaded when first needed: a name, a file, or a source; none = none"),
    UPSTREAM(
            "",
            "other engines' OpenAI-compatible APIs to stand in front of: [NAME=]http://host:port/v1, separated by commas or the option again;"
                    + " without --model no model of our own is loaded"),
    UPSTREAM_KEYS("", "file with the API keys of upstreams, NAME=KEY a line; or THESEUS_UPSTREAM_NAME_KEY"),
    UPSTREAM_CONNECT_TIMEOUT("5s", "longest wait for a connection to an upstream"),
    UPSTREAM_FIRST_BYTE_TIMEOUT("5m", "longest wait for an upstream's answer to begin"),
    UPSTREAM_IDLE_TIMEOUT("60s", "longest silence within an upstream's stream"),
    UPSTREAM_RETRIES("2", "attempts after the first one, here or at another upstream, before anything was relayed"),
    UPSTREAM_HEDGE(
            "auto",
            "when a second upstream of the same model is asked as well: after a time; auto = later than 95 of 100"
                    + " answers began; off"),
    LISTEN("127.0.0.1", "address that `serve` binds; anything but loopback needs api-keys"),
    PORT("8484", "port that `serve` binds; 0 = any free one"),
    API_KEYS("", "file with one accepted API key a line"),
    ALLOW_UNAUTHENTICATED("false", "whether another address than loopback may be served without api-keys"),
    CORS_ORIGINS("", "web origins that may call the API from a browser, separated by commas; empty = none"),
    MAX_BODY("10MiB", "largest accepted request body"),
    MAX_CONNECTIONS("1024", "most connections open at once"),
    KEEP_ALIVE("5s", "time between keep-alive comments in a silent stream"),
    SHUTDOWN_GRACE("10s", "time that running answers get to finish when the node stops"),
    THREADS("auto", "threads for arithmetic; auto = one per core"),
    KERNEL("auto", "auto, native, vector or scalar; all give the same bits"),
    CONTEXT("auto", "most tokens of prompt and answer together; auto = the model's own, as far as kv-memory reaches"),
    KV_MEMORY("auto", "memory for the state of sequences; auto = a share of what the machine has"),
    MAX_RUNNING("16", "most answers computed at the same time"),
    QUEUE("256", "most requests that wait for a place; more are answered with 429"),
    DEADLINE("none", "longest time an answer may take from its request on; none = no limit"),
    CACHE("on", "whether answers are remembered: on or off"),
    CACHE_SIZE("1GiB", "most disk space for remembered answers"),
    CACHE_MEMORY("64MiB", "most memory for remembered answers that were used lately"),
    CACHE_TTL("24h", "how long an answer is remembered, unless it is pinned"),
    CACHE_PREVIEW("on", "whether the beginnings of questions and answers are kept readable, for lists and searches"),
    STATES("on", "whether the states of prompts are kept on disk, for prompts that begin alike: on or off"),
    STATES_SIZE("4GiB", "most disk space for states of prompts"),
    CACHE_SCOPE("private", "who may get a remembered answer if its request does not say: private or swarm"),
    MEANING("off", "whether remembered answers also serve questions that only mean the same: on or off"),
    MEANING_ERROR_BOUND("1%", "most of what is served by meaning that may be wrong"),
    LOG_LEVEL("info", "error, warn, info or debug; debug shows the text of prompts"),
    HTTP_PROXY(
            "auto",
            "proxy for downloads, http://[user:password@]host:port; auto = https_proxy and no_proxy of the"
                    + " environment; none = direct"),
    HF_ENDPOINT("https://huggingface.co", "where hf: models come from; a mirror's address"),
    OFFLINE("false", "whether downloads are forbidden");

    private final String defaultText;
    private final String description;

    Setting(String defaultText, String description) {
        this.defaultText = defaultText;
        this.description = description;
    }

    /** Lower-case words joined by dashes. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The environment variable with this setting. */
    public String variable() {
        return "THESEUS_" + name();
    }

    /** What holds when nobody says anything; empty for settings whose default depends on the machine, or that are off. */
    public String defaultText() {
        return defaultText;
    }

    /** Whether its option may be given several times, which means the same as values separated by commas. */
    public boolean repeatable() {
        return this == UPSTREAM;
    }

    /** One line for people. */
    public String description() {
        return description;
    }

    /** The setting called {@code key}. */
    public static Optional<Setting> of(String key) {
        return Arrays.stream(values()).filter(s -> s.key().equals(key)).findFirst();
    }
}

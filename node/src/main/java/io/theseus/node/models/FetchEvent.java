package io.theseus.node.models;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** What happens while a model is fetched, for whoever shows it to people. */
public sealed interface FetchEvent {
    /** A source is asked. */
    record Asking(String model, String source) implements FetchEvent {}

    /** Another process fetches the same model; this one waits for it. */
    record Waiting(String model) implements FetchEvent {}

    /** Bytes on disk, those of earlier attempts included. */
    record Advanced(long bytes, OptionalLong total) implements FetchEvent {}

    /** The transfer broke and goes on after a pause. */
    record Retrying(String problem, Duration pause) implements FetchEvent {}

    /** A source is given up; the next one is asked. */
    record SourceFailed(String source, String problem) implements FetchEvent {}

    /** The file is read once more for its checksum. */
    record Checking(long bytes, long total) implements FetchEvent {}

    /** The model can be used. */
    record Installed(String model, Path file) implements FetchEvent {}
}

package io.theseus.node.models;

/** What reading a model file from end to end has shown. */
public sealed interface Verification {
    /** The file is what was fetched. */
    record Intact(InstalledModel model) implements Verification {}

    /** The file is not what was fetched; {@code problem} says in what. */
    record Damaged(InstalledModel model, String problem) implements Verification {}
}

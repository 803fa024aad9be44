package io.theseus.node.models;

import java.nio.file.Path;

/**
 * A model on this machine.
 *
 * @param name what it is called
 * @param file the model file
 * @param source where it came from
 * @param licence may be empty
 * @param sha256 of the file when it was fetched, in lower-case hexadecimal
 * @param bytes length of the file
 */
public record InstalledModel(String name, Path file, String source, String licence, String sha256, long bytes) {}

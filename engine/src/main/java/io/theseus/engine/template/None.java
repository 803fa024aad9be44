package io.theseus.engine.template;

/** Python's {@code None}; JSON's null. */
enum None {
    NONE
}

package io.theseus.engine.template;

/** A value that a template can call. */
interface Callable {
    Object call(Arguments arguments, Frame frame);
}

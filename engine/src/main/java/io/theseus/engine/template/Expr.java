package io.theseus.engine.template;

/** An expression of a template, evaluated as Python would. */
sealed interface Expr permits Literal, Access, Operation, Invocation {
    Object eval(Frame frame);
}

/** Chat templates: an evaluator of the Jinja subset that real models ship, with the semantics of Python. */
@NullMarked
package io.theseus.engine.template;

import org.jspecify.annotations.NullMarked;

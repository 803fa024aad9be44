/** That nothing but the file and the tokens decides a bit: not chunks, batches, threads, kernels, compilers or processors. */
@NullMarked
package io.theseus.engine.exactness;

import org.jspecify.annotations.NullMarked;

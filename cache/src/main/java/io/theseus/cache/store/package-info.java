/** What survives the process: rows in SQLite, large payloads in content-addressed files. */
@NullMarked
package io.theseus.cache.store;

import org.jspecify.annotations.NullMarked;

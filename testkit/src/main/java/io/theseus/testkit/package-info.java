/** What the tests of every module share: golden data, seeded generators, tiny models and fakes. */
@NullMarked
package io.theseus.testkit;

import org.jspecify.annotations.NullMarked;

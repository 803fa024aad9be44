/** Settings from defaults, the node's properties file, the environment and flags, checked and told apart by where they came from. */
@NullMarked
package io.theseus.node.config;

import org.jspecify.annotations.NullMarked;

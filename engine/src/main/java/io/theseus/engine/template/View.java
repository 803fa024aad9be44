package io.theseus.engine.template;

import java.util.List;

/**
 * What {@code dict.items()} and its kin return: it can be iterated again and again, has a length, but no index.
 *
 * @param kind {@code dict_items}, {@code dict_keys} or {@code dict_values}
 */
record View(String kind, List<Object> items) {}

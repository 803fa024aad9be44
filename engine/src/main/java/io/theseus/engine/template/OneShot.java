package io.theseus.engine.template;

import java.util.Iterator;
import java.util.List;

/** A Python generator: iterated once, without length or index. */
final class OneShot {
    private final Iterator<Object> rest;

    OneShot(List<Object> items) {
        rest = items.iterator();
    }

    /** What has not been taken yet. */
    Iterator<Object> rest() {
        return rest;
    }
}

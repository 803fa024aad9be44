package io.theseus.orchestrator;

import io.theseus.core.Digest;
import java.util.Optional;

/** The root of a model, which may take a while to compute. */
public interface ModelIdentity {
    /** The root, if it is known already. */
    Optional<Digest> known();

    /** The root; computes it if need be. */
    Digest root();

    /** A root that is known. */
    static ModelIdentity of(Digest root) {
        return new ModelIdentity() {
            @Override
            public Optional<Digest> known() {
                return Optional.of(root);
            }

            @Override
            public Digest root() {
                return root;
            }
        };
    }
}

package io.theseus.engine.sampler;

import io.theseus.engine.sampler.SamplingParameters.Logprobs;
import java.util.Optional;

/**
 * The token a sampler chose.
 *
 * @param id of the token
 * @param logprobs its probability and the likeliest alternatives, if the parameters ask for them
 */
public record SampledToken(int id, Optional<Logprobs> logprobs) {}

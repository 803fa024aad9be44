package io.theseus.node.prompt;

/**
 * What a model is given to read.
 *
 * @param text the rendered conversation
 * @param ids its tokens, the BOS included where the model wants one
 */
public record Prompt(String text, int[] ids) {}

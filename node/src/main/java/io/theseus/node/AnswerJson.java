package io.theseus.node;

import io.theseus.cache.AnswerInfo;
import io.theseus.cache.AnswerKind;
import io.theseus.cache.CachedAnswer;
import io.theseus.orchestrator.AnswerPayload;
import io.theseus.proof.CacheProof;
import io.theseus.proof.CacheProof.Verdict;
import io.theseus.proof.Receipt;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Remembered answers as JSON, the same over HTTP and on the command line. */
public final class AnswerJson {
    private AnswerJson() {}

    /** What is known about an answer. */
    public static ObjectNode info(AnswerInfo info) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("key", info.key().hex())
                .put("model", info.model())
                .put("model_root", info.modelRoot().hex())
                .put("engine", info.engine())
                .put("kind", info.kind().word())
                .put("scope", info.scope().word())
                .put("question", info.question())
                .put("answer", info.answer())
                .put("created", info.created().toString())
                .put("expires", info.expires().toString())
                .put("last_used", info.lastUsed().toString())
                .put("hits", info.hits())
                .put("pinned", info.pinned())
                .put("bytes", info.bytes())
                .put("prompt_tokens", info.promptTokens())
                .put("completion_tokens", info.completionTokens())
                .put("compute_seconds", info.computeNanos() / 1e9);
    }

    /**
     * An answer with its whole text and its evidence.
     *
     * @param verdict what a check of its proof says now
     */
    public static ObjectNode full(CachedAnswer answer, Verdict verdict) {
        ObjectNode json = info(answer.info());
        json.put("text", text(answer));
        Receipt word = answer.receipt().receipt();
        ObjectNode receipt = json.putObject("receipt")
                .put("verification", word.verification().word())
                .put("model_root", word.modelRoot().hex())
                .put("engine", word.engineId())
                .put("request_hash", word.requestHash().hex())
                .put("response_hash", word.responseHash().hex());
        word.traceRoot().ifPresent(root -> receipt.put("trace_root", root.hex()));
        word.stateRoot().ifPresent(root -> receipt.put("state_root", root.hex()));
        receipt.put("prompt_tokens", word.promptTokens())
                .put("completion_tokens", word.completionTokens())
                .put("began", word.began().toString())
                .put("ended", word.ended().toString())
                .put("node", word.node().hex())
                .put("signature", base64(answer.receipt().signature()));
        CacheProof proof = answer.proof();
        json.putObject("proof")
                .put("verdict", verdict.name().toLowerCase(Locale.ROOT))
                .put("request_hash", proof.requestHash().hex())
                .put("response_hash", proof.responseHash().hex())
                .put("proof_hash", proof.proofHash().hex())
                .put("computed_at_millis", proof.computedAt().toEpochMilli())
                .put("digest", proof.digest().hex())
                .put("valid_until", proof.computedAt().plus(CacheProof.VALIDITY).toString())
                .put("signature", base64(proof.signature()));
        return json;
    }

    /** What was answered, as text: another engine's response as it came. */
    public static String text(CachedAnswer answer) {
        return answer.info().kind() == AnswerKind.EVENTS
                ? AnswerPayload.textOf(answer.payload())
                : new String(answer.payload(), StandardCharsets.UTF_8);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}

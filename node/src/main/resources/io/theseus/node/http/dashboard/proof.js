// Checks a proof here, in the browser, without believing the node: SHA-256 and Ed25519 by Web Cryptography.

const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const fromBase64 = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

/** SHA-256(requestHash || responseHash || proofHash || computedAt), computedAt in milliseconds as 8 bytes, big-endian. */
async function digest(proof) {
  const bytes = new Uint8Array(104);
  bytes.set(fromHex(proof.request_hash), 0);
  bytes.set(fromHex(proof.response_hash), 32);
  bytes.set(fromHex(proof.proof_hash), 64);
  new DataView(bytes.buffer).setBigUint64(96, BigInt(proof.computed_at_millis));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/**
 * What a check of the signature comes to, in words, and whether that is good.
 *
 * @param answer as the node describes it, with receipt and proof
 */
export async function check({ key, receipt, proof }) {
  if (!globalThis.crypto?.subtle) {
    return { good: false, words: "not checked: browsers offer cryptography only to https and to this machine's own pages" };
  }
  if (proof.request_hash !== key) return { good: false, words: "refused: the proof is about another request" };
  const message = await digest(proof);
  try {
    const signer = await crypto.subtle.importKey("raw", fromHex(receipt.node), "Ed25519", false, ["verify"]);
    const genuine = await crypto.subtle.verify("Ed25519", signer, fromBase64(proof.signature), message);
    return genuine
      ? { good: true, words: "checked in this browser: hash and signature are right" }
      : { good: false, words: "refused: the signature does not fit" };
  } catch (failure) {
    if (failure.name === "NotSupportedError") return { good: false, words: "not checked: this browser does not know Ed25519" };
    throw failure;
  }
}

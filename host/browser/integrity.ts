/** Subresource integrity, as HTML's attribute of that name has it: `sha384-` and the digest in base64. */

const DIGEST = /^(sha(?:256|384|512))-([A-Za-z0-9+/]+={0,2})$/;

/**
 * Holds bytes against the digests; where there are several, one of the strongest kind must fit.
 * @throws Error when none does, or none can be read
 */
export async function checkIntegrity(bytes: BufferSource, integrity: string): Promise<void> {
  const digests = integrity.split(/\s+/).flatMap((text) => {
    const [, algorithm, digest] = DIGEST.exec(text) ?? [];
    return digest ? [{ algorithm, digest }] : [];
  });
  const strongest = digests
    .map(({ algorithm }) => algorithm)
    .sort()
    .at(-1);
  if (!strongest) throw new Error(`integrity "${integrity}" holds no digest such as "sha384-..."`);
  const name = strongest.replace('sha', 'SHA-');
  const actual = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest(name, bytes))));
  if (!digests.some(({ algorithm, digest }) => algorithm === strongest && digest === actual)) {
    throw new Error(`the model is not the one that integrity names: its digest is ${strongest}-${actual}`);
  }
}

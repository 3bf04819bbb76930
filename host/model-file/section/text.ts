/** UTF-8 both ways, strictly: what is written can be read, and nothing is replaced in silence. */
import { ModelPartsError } from '../error.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws ModelPartsError when the text holds half of a surrogate pair */
export function encodeText(field: string, text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (decodeText(bytes) !== text) throw new ModelPartsError(field, 'holds half of a surrogate pair');
  return bytes;
}

/** The text, or nothing when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The card section: JSON in UTF-8. */
import { Status } from '../../../assembly/abi.ts';
import { ModelFileError } from '../error.ts';
import type { Card } from '../parts.ts';
import type { Section } from './container.ts';
import { decodeText, encodeText } from './text.ts';

export function writeCard(card: Card): Uint8Array {
  return encodeText('card', JSON.stringify(card));
}

/** @throws ModelFileError */
export function readCard({ bytes, name, offset }: Section): Card {
  try {
    const card: unknown = JSON.parse(decodeText(bytes)!);
    if (typeof card === 'object' && card !== null && !Array.isArray(card)) return card as Card;
  } catch {
    // Not JSON; an array or a number is as wrong.
  }
  throw new ModelFileError(Status.BadSection, name, offset, 'it is not an object in JSON');
}

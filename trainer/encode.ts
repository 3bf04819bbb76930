/** From labelled texts to token ids, by the core's own tokenizer. */
import type { Tokenizer } from '../host/tokenizer.ts';
import type { Example } from './data/batches.ts';
import type { TextRecord } from './data/record.ts';

export function encode(
  tokenizer: Tokenizer,
  records: readonly TextRecord[],
  labels: readonly string[],
): Example[] {
  return records.map(({ text, pair, label, shares }) => {
    const { ids, segmentStart } = tokenizer.tokenize(pair === undefined ? text : [text, pair]);
    return { ids: ids.slice(), segmentStart, label: labels.indexOf(label), shares };
  });
}

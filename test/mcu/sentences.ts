/** Made-up sentences, and the model's vocabulary, learned from them: the same text on every board. */
import { Normalizer, RowKind } from '../../assembly/format.ts';
import type { ModelParts } from '../../host/model-file/parts.ts';
import { randomModel, randomSource } from '../support/random-model.ts';

const WHO = ['the baker', 'my neighbour', 'a tired clerk', 'our pilot', 'the old gardener', 'nobody'];
const DID = ['praised', 'lost', 'painted', "didn't like", 'carried', 'could never find'];
const WHAT = [
  'a copper kettle',
  'the last ferry',
  'two grey horses',
  'an umbrella',
  'that long letter',
  'tea',
];
const WHEN = ['on Monday', 'before the storm', 'in 1987', 'again and again', 'at half past nine', 'for once'];

/** Tokens of inputs whose instructions are printed. */
export const LENGTHS = [8, 16, 24, 32];

/** More than 50 sentences, short ones, long ones and odd ones. */
export function sentences(): string[] {
  const random = randomSource(2026);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)];
  const clause = () => `${pick(WHO)} ${pick(DID)} ${pick(WHAT)}`;
  const plain = Array.from({ length: 40 }, (_, i) => {
    const first = `${clause()} ${pick(WHEN)}`;
    return i % 4 === 0 ? `${first}, but ${clause()}!` : `${first}.`;
  });
  const odd = [
    '',
    'tea',
    '?!',
    'Größe ÜBER alles Maß, naïve café',
    'москва и киев',
    '“quoted” — it’s done…',
    'tabs\tand\nlines',
    'unbekannteswortohneende'.repeat(4),
    `${clause()} `.repeat(30),
    '日本語 42 kettles',
  ];
  const measured = LENGTHS.map((length) => 'tea '.repeat(length));
  return [...plain, ...measured, ...odd];
}

/** The micro shape with a vocabulary of whole words and their letters, random weights and all. */
export function microModel(): ModelParts {
  const words = [...WHO, ...DID, ...WHAT, ...WHEN].flatMap((phrase) => phrase.toLowerCase().split(' '));
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789.,!?\'"-');
  const parts = randomModel(77, {
    hidden: 128,
    slfn: 256,
    blocks: 4,
    heads: 4,
    classes: 2,
    tokens: 32,
    rowKind: RowKind.Bits,
    normalizer: Normalizer.Lowercase | Normalizer.StripAccents,
    pieces: [...new Set([...letters, ...letters.map((letter) => `##${letter}`), ...words, "n't", 'did'])],
    labels: ['complaint', 'praise'],
  });
  // So that random weights leave at every exit.
  parts.policies[0].thresholds.set([0.95, 0.9, 0.8, 0]);
  return parts;
}

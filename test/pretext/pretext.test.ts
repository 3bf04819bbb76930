/** Pretext examples: half are broken, the seed fixes all, and labels say what was done. */
import { describe, expect, test } from 'vitest';
import * as edits from '../../trainer/pretext/edits.ts';
import { PRETEXTS, pretextExamples } from '../../trainer/pretext/index.ts';
import { createRandom } from '../../trainer/random.ts';

const LABELS = { intact: 'whole', broken: 'broken' };
const NAMES = ['Ada', 'Bert', 'Cleo', 'Dora', 'Emil', 'Fritz', 'Gert', 'Hedi'];
const THINGS = ['lantern', 'kettle', 'ladder', 'violin', 'basket', 'anchor'];
const documents = Array.from({ length: 200 }, (_, i) => [
  `In the morning, ${NAMES[i % 8]} carried the ${THINGS[i % 6]} to the house of a friend.`,
  `Nobody had seen ${NAMES[(i + 3) % 8]} with such an old ${THINGS[(i + 1) % 6]} before!`,
  'Too short.',
]);
const make = (kind: (typeof PRETEXTS)[number], seed = 1) => [
  ...pretextExamples(kind, documents, LABELS, seed),
];

describe.each(PRETEXTS)('%s', (kind) => {
  test('has an example for each usable sentence, about half of them broken, fixed by the seed', () => {
    const examples = make(kind);
    expect(examples).toHaveLength(400);
    const broken = examples.filter(({ label }) => label === 'broken').length;
    expect(broken).toBeGreaterThan(150);
    expect(broken).toBeLessThan(250);
    expect(make(kind)).toEqual(examples);
    expect(make(kind, 2)).not.toEqual(examples);
  });
});

test('an acceptable sentence is as it was, an unacceptable one is not, and ends as it did', () => {
  const originals = new Set(documents.flat());
  for (const { text, label, pair } of make('acceptability')) {
    expect(originals.has(text)).toBe(label === 'whole');
    expect(text).toMatch(/[.!]$/);
    expect(pair).toBeUndefined();
  }
});

test('an intact part of a passage has only words of the passage, function words aside', () => {
  for (const { text, pair, label } of make('entailment')) {
    if (label !== 'whole') continue;
    const known = new Set(text.split(' '));
    for (const word of pair?.split(' ') ?? []) expect(known.has(word) || edits.isFunctional(word)).toBe(true);
  }
});

test('edits keep, lose or add the words that they say', () => {
  const words = () => ['the', 'old', 'ladder', 'leans', 'on', 'a', 'wall'];
  const after = (edit: edits.Edit) => {
    const list = words();
    edit(list, createRandom(7));
    return list;
  };
  const sorted = (list: string[]) => [...list].sort();
  for (const edit of [edits.swapNeighbours, edits.moveWord, edits.turnAround])
    expect(sorted(after(edit))).toEqual(sorted(words()));
  expect(after(edits.dropWord)).toHaveLength(6);
  expect(after(edits.doubleWord)).toHaveLength(8);
  expect(after(edits.insertFunctionWord)).toHaveLength(8);
  expect(after(edits.exchangeContentWord(['kettle']))).toContain('kettle');
  expect(after(edits.changeEnding).filter((word) => !words().includes(word))).toHaveLength(1);
});

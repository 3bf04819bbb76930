/** Made-up sentences and mails, the same on every board; and a model of random weights that knows their words. */
import { Normalizer, RowKind } from '../../assembly/format.ts';
import type { ModelParts } from '../../host/model-file/parts.ts';
import { type RandomModelOptions, randomModel, randomSource } from '../support/random-model.ts';

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

const MAILS = [
  'Are you free for lunch on Monday? I can bring the slides.',
  'Re: build fails on the new machine \n Thanks, the patch works here. I will commit it tonight.',
  'CONGRATULATIONS!!! You have won a free holiday. Click here now to claim your prize!',
  'Lose 20 pounds in two weeks, guaranteed, or your money back! url',
  'html url Dear friend, I need your assistance to transfer the sum of $ 25,000,000 out of the bank',
  'Does anybody know why the kernel module is not loaded after an update?',
  'Your order has been shipped and should arrive within three days',
  'Make money fast from home! No experience needed, 100 % free. To be removed reply to email',
  'I read the paper that you sent. The second proof seems wrong to me, or I have missed something.',
  'Lowest mortgage rates in years!! Apply online today, bad credit is no problem.',
];

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
  // A word that is one token to every model.
  const measured = LENGTHS.map((length) => 'the '.repeat(length));
  return [...plain, ...MAILS, ...measured, ...odd];
}

/** The micro shape with a vocabulary of whole words and their letters, random weights and all. */
export function microModel(options: RandomModelOptions = {}): ModelParts {
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
    ...options,
  });
  // So that random weights leave at every exit.
  parts.policies[0].thresholds.set([0.95, 0.9, 0.8, 0]);
  return parts;
}

/** Makes a case that differs smaller for as long as it still differs, and keeps it under a number. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case } from './cases.ts';

const folder = fileURLToPath(new URL('cases', import.meta.url));

/** Cases that differ from `one` by something simpler, the largest steps first. */
function simpler({ seed, options, texts }: Case): Case[] {
  const shapes = [
    { blocks: 1 },
    { hidden: 64, heads: 1 },
    { slfn: 64 },
    { heads: 1 },
    { classes: 1 },
    { classes: 2 },
    { segments: 1 },
    { rare: 0 },
    { normalizer: 0 },
    { rowKind: 0 },
    { tokens: 1 },
    { tokens: Math.ceil(options.tokens! / 2) },
    { tokens: options.tokens! - 1 },
  ];
  // Each must be smaller in all that it sets: what could grow again would go round in circles.
  const numbers = options as Record<string, number>;
  const changed = shapes.filter((shape) => {
    const pairs = Object.entries(shape).map(([name, value]) => [value, numbers[name]]);
    return pairs.every(([value, now]) => value <= now) && pairs.some(([value, now]) => value < now);
  });
  const smaller = changed
    .filter(({ tokens = 1 }) => tokens >= 1)
    .map((shape) => ({ seed, options: { ...options, ...shape }, texts }));
  const fewer = texts.length > 1 ? texts.map((text) => ({ seed, options, texts: [text] })) : [];
  const shorter = texts.flatMap(([a, b], i) =>
    [
      halves(a).map((half): [string, string] => [half, b]),
      halves(b).map((half): [string, string] => [a, half]),
    ]
      .flat()
      .map((text) => ({ seed, options, texts: texts.map((other, k) => (k === i ? text : other)) })),
  );
  return [...fewer, ...smaller, ...shorter];
}

function halves(text: string): string[] {
  const characters = [...text];
  if (characters.length === 0) return [];
  const middle = Math.floor(characters.length / 2);
  return [characters.slice(0, middle), characters.slice(middle), characters.slice(1)]
    .map((part) => part.join(''))
    .filter((part) => part.length < text.length);
}

/** The smallest case found that still `differs`. */
export function minimize(one: Case, differs: (candidate: Case) => boolean): Case {
  let least = one;
  for (;;) {
    const next = simpler(least).find(differs);
    if (!next) return least;
    least = next;
  }
}

/** Cases that once differed, or that stand at an edge. */
export function keptCases(): [name: string, one: Case][] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Case]);
}

/** Writes the case under the next number; the file's path. */
export function keep(one: Case): string {
  const last = Number(keptCases().at(-1)?.[0].slice(0, 4) ?? 0);
  const file = path.join(folder, `${String(last + 1).padStart(4, '0')}.json`);
  writeFileSync(file, `${JSON.stringify(one, null, 2)}\n`);
  return file;
}

/** Hostile models, one after another, through every build: what each said, and whether all said the same. */
import { type HostileModel, hostileModel, SOUND_FILES } from './cases.ts';
import { COUNTED_BUILDS } from './counted.ts';
import { Breach, Sandbox } from './sandbox.ts';

/** What was seen so far; adds up over campaigns. */
export interface Seen {
  cases: number;
  /** How often each status was the last word, and how often a model ran. */
  endings: Record<string, number>;
  damages: Record<string, number>;
  /** Most turns of loops in one call, by build. */
  turnsMost: Record<string, number>;
  finds: Find[];
}

export interface Find {
  number: number;
  damages: string[];
  what: string;
}

export const nothingSeen = (): Seen => ({ cases: 0, endings: {}, damages: {}, turnsMost: {}, finds: [] });

/** Memory of an instance that met a large model is given back by making another. */
const MEMORY_MOST = 4 << 20;

export class Campaign {
  #sandboxes = COUNTED_BUILDS.map(trained);

  /** Runs models `from` up to `to`, not included, and notes what was seen. */
  run(from: number, to: number, seen: Seen): void {
    for (let number = from; number < to; number++) {
      const model = hostileModel(number);
      seen.cases++;
      for (const name of model.damages) seen.damages[name] = (seen.damages[name] ?? 0) + 1;
      try {
        const ending = this.attempt(model);
        seen.endings[ending] = (seen.endings[ending] ?? 0) + 1;
      } catch (error) {
        if (!(error instanceof Breach)) throw error;
        seen.finds.push({ number, damages: model.damages, what: error.message });
        this.#sandboxes = COUNTED_BUILDS.map(trained);
      }
    }
    for (const { build, turnsMost } of this.#sandboxes) {
      seen.turnsMost[build] = Math.max(seen.turnsMost[build] ?? 0, turnsMost);
    }
  }

  /**
   * One model through every build: how it ended.
   * @throws Breach
   */
  attempt(model: HostileModel): string {
    const [first, ...others] = this.#sandboxes.map((sandbox) => sandbox.attempt(model));
    for (const [i, said] of others.entries()) {
      const end = said.at(-1) === 'OutOfMemory' ? said.length - 1 : undefined;
      const expected = end === undefined ? first : first.slice(0, end);
      const same = said.slice(0, end).join('\n') === expected.join('\n');
      if (!same)
        throw new Breach(`${COUNTED_BUILDS[i + 1]} said\n${said.join('\n')}\nnot\n${first.join('\n')}`);
    }
    this.#sandboxes = this.#sandboxes.map((box) => (box.bytes > MEMORY_MOST ? trained(box.build) : box));
    const ran = first.some((line) => line.startsWith('Stopped') || line.startsWith('NeedBlock'));
    const last = first.findLast(
      (line) => /^[A-Z]\w+ -?\d+ \d+$/.test(line) && !/^(Stopped|NeedBlock)/.test(line),
    );
    return ran ? 'it ran' : (last ?? first[0]).split(' ')[0];
  }
}

function trained(build: (typeof COUNTED_BUILDS)[number]): Sandbox {
  const sandbox = new Sandbox(build);
  sandbox.learn(
    SOUND_FILES.map(({ bytes }, number) => ({
      number,
      bytes,
      arrivals: [bytes.length],
      damages: [],
      repaired: true,
    })),
  );
  return sandbox;
}

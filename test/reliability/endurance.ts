/** Long use of one core, measured: what memory does over classifications. Runs in Node and in a page. */
import { Core } from '../../host/core.ts';
import { writeModel } from '../../host/model-file/write.ts';
import { randomModel, randomSource } from '../support/random-model.ts';

export interface Endurance {
  classifications: number;
  /** Bytes of linear memory, before and after. */
  wasmBytes: [before: number, after: number];
  /** Bytes of JavaScript heap a classification, by least squares over the second half of the samples. */
  heapSlope: number;
  /** Answers that were not those of the first time. */
  changed: number;
}

const SAMPLES = 40;
const TEXTS = 64;

/** Classifies `count` texts on a model of random weights. `heapBytes` collects garbage before it looks. */
export async function endure(
  module: WebAssembly.Module,
  count: number,
  heapBytes: () => number,
): Promise<Endurance> {
  const instance = new WebAssembly.Instance(module);
  const { memory } = instance.exports as { memory: WebAssembly.Memory };
  const core = new Core(instance);
  core.open(writeModel(randomModel(3, { blocks: 2, slfn: 64, tokens: 12 })));
  const random = randomSource(4);
  const word = () => String.fromCharCode(97 + Math.floor(26 * random())).repeat(1 + Math.floor(3 * random()));
  const texts = Array.from({ length: TEXTS }, () =>
    Array.from({ length: 1 + Math.floor(9 * random()) }, word).join(' '),
  );
  const answer = (text: string) => {
    core.begin(text);
    core.run();
    return `${core.label()} ${core.exits()} ${core.entropies().join(' ')}`;
  };
  const expected = texts.map(answer);
  const before = memory.buffer.byteLength;
  const samples: [number, number][] = [];
  let changed = 0;
  for (let done = 0; done < count; done++) {
    if (answer(texts[done % TEXTS]) !== expected[done % TEXTS]) changed++;
    if (done % Math.ceil(count / SAMPLES) === 0) samples.push([done, await breathe(heapBytes)]);
  }
  const heapSlope = slope(samples.slice(samples.length / 2));
  return { classifications: count, wasmBytes: [before, memory.buffer.byteLength], heapSlope, changed };
}

/** Opens models of several sizes in instances of their own, one after another, and lets go of each. */
export async function openMany(
  module: WebAssembly.Module,
  count: number,
  heapBytes: () => number,
): Promise<number> {
  const files = [1, 2, 3].map((seed) =>
    writeModel(randomModel(seed, { blocks: seed, hidden: 64 * seed, heads: 1 })),
  );
  const samples: [number, number][] = [];
  for (let i = 0; i < count; i++) {
    const core = Core.instantiate(module);
    core.open(files[i % files.length]);
    core.begin('a b c');
    core.run();
    if (i % 10 === 0) samples.push([i, await breathe(heapBytes)]);
  }
  return slope(samples.slice(samples.length / 2));
}

/** Lets others have their turn, so that nobody takes a long run for one that hangs. */
async function breathe(heapBytes: () => number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve));
  return heapBytes();
}

/** Of the line with the least squares through points. */
export function slope(points: readonly [number, number][]): number {
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return covariance / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

/** The flash build: the model stays outside, one page is enough, and only what is needed is read. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { Status, Step } from '../../assembly/abi.ts';
import { PolicyKind, RowKind } from '../../assembly/format.ts';
import { FlashCore, flashMemoryBytes, flashModule } from '../../host/mcu/flash-core.ts';
import { blockFileBytes, predictReads } from '../../host/mcu/reads.ts';
import { readFacts, readSections, writeModel, writeVocabulary } from '../../host/model-file/index.ts';
import type { Dimensions } from '../../host/model-file/parts.ts';
import { answersOf, bitsOf, instantiate, wordsOf } from '../core/builds.ts';
import { randomModel, randomSource } from '../support/random-model.ts';

type Shape = Omit<Dimensions, 'vocabulary'> & { rowKind: RowKind; rare?: number };

const PAGE = 65_536;
const PAINT = 0xa5;
const MICRO: Shape = {
  hidden: 128,
  slfn: 256,
  blocks: 4,
  heads: 4,
  classes: 2,
  tokens: 32,
  segments: 1,
  rowKind: RowKind.Bits,
};
const SHAPES: Shape[] = [
  MICRO,
  { ...MICRO, hidden: 64, slfn: 64, blocks: 1, heads: 1, classes: 1, tokens: 1 },
  { ...MICRO, hidden: 64, slfn: 192, blocks: 2, heads: 4, classes: 3, tokens: 9, segments: 2 },
  { ...MICRO, hidden: 192, slfn: 64, blocks: 2, heads: 1, tokens: 13, rowKind: RowKind.Int8 },
  { ...MICRO, hidden: 64, blocks: 3, rare: 0.5 },
  { ...MICRO, blocks: 2, tokens: 11, recurrence: 1 },
  { ...MICRO, blocks: 2, tokens: 21, binaryScores: 1 },
];

const module = await flashModule();
const sum = (reads: { bytes: number }[]) => reads.reduce((total, { bytes }) => total + bytes, 0);

function openFlash(file: Uint8Array): FlashCore {
  const flash = new FlashCore(module, file);
  expect(flash.open()).toBe(Status.Ok);
  return flash;
}

it('imports read, exports where its data ends, and cannot grow', () => {
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'flash', name: 'read', kind: 'function' }]);
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  expect(exported).toEqual(
    expect.arrayContaining(['__heap_base', '__data_end', 'limitMemory', 'memoryBytes']),
  );
  const { memory } = new WebAssembly.Instance(module, { flash: { read() {} } }).exports;
  expect(() => (memory as WebAssembly.Memory).grow(1)).toThrow(RangeError);
});

/** The text of the module on standard input, after it was found to be plain Wasm 1.0. */
const DISASSEMBLER = `
import binaryen from 'binaryen';
import { readFileSync } from 'node:fs';
const module = binaryen.readBinary(readFileSync(0));
module.setFeatures(binaryen.Features.MVP);
if (module.validate() !== 1) process.exit(1);
process.stdout.write(module.emitText());
`;

it('is plain Wasm 1.0, counts bits by i64.popcnt, and has neither f64 nor memory.grow', () => {
  const bytes = readFileSync(createRequire(import.meta.url).resolve('beexformer/core.flash.wasm'));
  const script = ['--input-type=module', '--eval', DISASSEMBLER];
  const options = { input: bytes, encoding: 'utf8', maxBuffer: 1 << 26 } as const;
  const { status, stdout } = spawnSync(process.execPath, script, options);
  expect(status).toBe(0);
  expect(stdout).toContain('i64.popcnt');
  expect(stdout).not.toMatch(/\bf64\b|memory\.grow/);
}, 60_000);

describe.each(SHAPES.map((shape, i) => ({ name: JSON.stringify(shape), shape, seed: 40 + i })))(
  '$name',
  ({ shape, seed }) => {
    const parts = randomModel(seed, shape);
    const file = writeModel(parts);
    const flash = openFlash(file);
    const resident = instantiate('scalar').core;
    resident.open(file);
    const random = randomSource(seed);
    const full = { kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(shape.blocks) };
    resident.setPolicy(full);
    flash.core.setPolicy(full);
    const lengths = [1, Math.ceil(shape.tokens / 2), shape.tokens, shape.tokens + 3];

    it('gives the bits of the resident builds', () => {
      for (const length of lengths) {
        const text = `${wordsOf(parts, random, length)} Größe 42!`;
        expect(flash.core.tokenize(text)).toEqual(resident.tokenize(text));
        flash.core.begin(text);
        resident.begin(text);
        expect(flash.core.run()).toBe(Step.Stopped);
        resident.run();
        expect(bitsOf(answersOf(flash.core))).toEqual(bitsOf(answersOf(resident)));
        expect(flash.core.label()).toBe(resident.label());
      }
    });

    it('reads what is predicted for each exit', () => {
      const text = wordsOf(parts, random, Math.ceil(shape.tokens / 2));
      const { ids } = flash.core.tokenize(text);
      const { embedding, step, exits } = predictReads(readFacts(file), ids.length);
      const tokenizing = sum(flash.takeReads());
      flash.core.begin(text);
      // begin tokenizes once more.
      const begun = sum(flash.takeReads());
      flash.core.tokenize(text);
      expect(begun - sum(flash.takeReads())).toBe(embedding);
      expect(tokenizing).toBeGreaterThan(0);
      let read = embedding;
      for (let exit = 1; exit <= shape.blocks; exit++) {
        if (exit === 1) flash.core.begin(text);
        flash.takeReads();
        flash.core.step();
        const bytes = sum(flash.takeReads());
        expect(bytes).toBe(step);
        read += bytes;
        expect(read).toBe(exits[exit - 1]);
      }
    });
  },
);

describe('the micro shape', () => {
  const parts = randomModel(7, MICRO);
  const file = writeModel(parts);
  const text = wordsOf(parts, randomSource(3), 40);

  it('runs in one page, and touches nothing beyond what it says it needs', async () => {
    const flash = new FlashCore(module, file);
    flash.memory().fill(PAINT, flash.staticBytes());
    expect(flash.open()).toBe(Status.Ok);
    for (const input of [text, '', `${text}!`.repeat(50)]) {
      flash.core.begin(input);
      expect(flash.core.run()).toBe(Step.Stopped);
    }
    const memory = flash.memory();
    expect(memory.length).toBe(PAGE);
    const needed = flash.memoryBytes();
    const touched = memory.findLastIndex((byte) => byte !== PAINT) + 1;
    expect(touched).toBeLessThanOrEqual(needed);
    expect(touched).toBeGreaterThan(needed - 4096);
    expect(needed).toBeLessThan(PAGE);
    expect(needed).toBe(await flashMemoryBytes(file));
    console.log(`micro: ${needed} of ${PAGE} bytes of the page, ${flash.staticBytes()} of them static data`);
  });

  it('has little data of its own: what is static is in RAM on a device', () => {
    expect(openFlash(file).staticBytes()).toBeLessThanOrEqual(1536);
  });

  it('reads later blocks only when the machine asks for them', () => {
    const sections = readSections(file);
    const endOf = (name: string) => {
      const { offset, bytes } = sections.find((section) => section.name === name)!;
      return offset + bytes.length;
    };
    const flash = new FlashCore(module, file);
    expect(flash.open(endOf('exit 1'))).toBe(Status.Ok);
    const furthest = () => Math.max(...flash.takeReads().map(({ offset, bytes }) => offset + bytes));
    expect(furthest()).toBe(endOf('exit 1'));
    flash.core.setPolicy({ kind: PolicyKind.Full, parameter: 0, thresholds: [0, 0, 0, 0] });
    flash.core.begin(text);
    for (let exit = 1; exit <= 4; exit++) {
      if (exit > 1) {
        expect(flash.core.step()).toBe(Step.NeedBlock);
        expect(flash.extend(endOf(`exit ${exit}`))).toBe(Status.Ok);
      }
      expect(flash.core.step()).toBe(exit < 4 ? Step.GoOn : Step.Stopped);
      expect(furthest()).toBe(endOf(`exit ${exit}`));
    }
    const [first, second] = ['block 1', 'block 2'].map((name) => sections.find((one) => one.name === name)!);
    expect(second.offset - first.offset).toBe(blockFileBytes(parts.dimensions));
  });

  it('says what it needs where a firmware has less than a page', () => {
    const flash = new FlashCore(module, file);
    expect(flash.open()).toBe(Status.Ok);
    const needed = flash.memoryBytes();
    const tight = new FlashCore(module, file);
    tight.limitMemory(needed - 1);
    expect(tight.open()).toBe(Status.OutOfMemory);
    expect(tight.memoryBytes()).toBe(needed);
    tight.limitMemory(needed);
    expect(tight.open()).toBe(Status.Ok);
    const none = new FlashCore(module, file);
    none.limitMemory(512);
    expect(none.open()).toBe(Status.OutOfMemory);
  });
});

it('opens a trusted file by reading little of it, and answers alike', () => {
  const parts = randomModel(10, MICRO);
  const file = writeModel(parts);
  const checked = openFlash(file);
  const trusted = new FlashCore(module, file);
  trusted.trust(true);
  expect(trusted.open()).toBe(Status.Ok);
  expect(sum(trusted.takeReads())).toBeLessThan(sum(checked.takeReads()) / 50);
  for (const flash of [checked, trusted]) flash.core.begin('a boat on the lake, Größe 42!');
  expect(trusted.core.run()).toBe(checked.core.run());
  expect(trusted.core.entropies()).toEqual(checked.core.entropies());

  const bent = Uint8Array.from(file);
  bent[bent.length - 1000] ^= 1;
  const flash = new FlashCore(module, bent);
  expect(flash.open()).toBe(Status.Corrupt);
  flash.trust(true);
  expect(flash.open()).toBe(Status.Ok);
  flash.trust(false);
  expect(flash.open()).toBe(Status.Corrupt);
  const short = new FlashCore(module, file.subarray(0, file.length - 16));
  short.trust(true);
  expect(short.open()).not.toBe(Status.Ok);
});

it('refuses a shape that one page does not hold', async () => {
  const large = writeModel(randomModel(8, { ...MICRO, hidden: 256, slfn: 512, tokens: 64 }));
  expect(new FlashCore(module, large).open()).toBe(Status.OutOfMemory);
  expect(await flashMemoryBytes(large)).toBeGreaterThan(PAGE);
});

it('tokenizes with a file that holds only a vocabulary', () => {
  const { pieces, normalizer } = randomModel(9);
  const file = writeVocabulary({ pieces, normalizer, tokens: 20, segments: 1 });
  const resident = instantiate('scalar').core;
  resident.open(file);
  const flash = openFlash(file);
  for (const text of ['a boat on the lake', 'zzz ünd größe, 1984', '']) {
    expect(flash.core.tokenize(text)).toEqual(resident.tokenize(text));
  }
});

it('finds damage where the resident builds find it, and reads nothing outside', () => {
  const file = writeModel(randomModel(10, { ...MICRO, hidden: 64, slfn: 64, blocks: 2 }));
  const random = randomSource(11);
  for (let round = 0; round < 400; round++) {
    const bent = Uint8Array.from(file);
    const at = Math.floor((round % 2 === 0 ? 400 : file.length) * random());
    bent[at] ^= 1 << Math.floor(8 * random());
    const arrived = round % 5 === 0 ? Math.floor(file.length * random()) : file.length;
    const { calls } = instantiate('scalar');
    const place = calls.reserve(bent.length);
    new Uint8Array(calls.memory.buffer).set(bent.subarray(0, arrived), place);
    const expected = calls.open(arrived);
    const flash = new FlashCore(module, bent);
    expect(flash.open(arrived)).toBe(expected);
    expect(flash.errorPlace()).toEqual([calls.errorSection(), calls.errorOffset()]);
    for (const { offset, bytes } of flash.takeReads()) {
      expect(bytes).toBeGreaterThanOrEqual(0);
      expect(offset + bytes).toBeLessThanOrEqual(arrived);
    }
  }
});

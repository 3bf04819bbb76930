import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Kernel, Status, Step } from '../../assembly/abi.ts';
import { PolicyKind } from '../../assembly/format.ts';
import { Core, CoreError, sentence } from '../../host/core.ts';
import { ModelFileError, readSections, writeModel, writeVocabulary } from '../../host/model-file/index.ts';
import { loadTokenizer } from '../../host/node/index.ts';
import { coreModule } from '../../host/node/modules.ts';
import { randomModel } from '../support/random-model.ts';

const file = writeModel(randomModel(31, { blocks: 3, tokens: 1024 }));
const sections = readSections(file);
const endOf = (name: string) => {
  const { offset, bytes } = sections.find((section) => section.name === name)!;
  return offset + bytes.length;
};

let module: WebAssembly.Module;
let core: Core;
beforeAll(async () => {
  ({ module } = await coreModule());
  core = Core.instantiate(module);
  core.open(file);
});

describe('text', () => {
  const wide = fc.string({
    unit: fc.constantFrom('a', 'b', ' ', 'é', 'б', '東', '😀', '\ufeff', '\0'),
    minLength: 1,
    maxLength: 40,
  });

  it('reaches the core whole, however long and wherever a piece ends', () => {
    const times = fc.integer({ min: 1, max: 700 });
    fc.assert(
      fc.property(wide, times, wide, (text, repeat, end) => {
        const long = text.repeat(repeat) + end;
        expect(core.tokenize(long)).toEqual(core.tokenize(new TextEncoder().encode(long)));
      }),
      { numRuns: 60 },
    );
  });

  it('is not lost at the border of the buffer', () => {
    // Without spaces the first 4,100 characters are one unknown word; the next words must be read right.
    for (const length of [4090, 4094, 4095, 4096, 4097, 8191, 8192]) {
      const tail = core.tokenize(' 東 a b').ids;
      expect([...core.tokenize(`${'x'.repeat(length)} 東 a b`).ids]).toEqual([1, ...tail]);
    }
  });

  it('may be broken: halves of surrogate pairs and bad bytes are replaced', () => {
    const replaced = core.tokenize('a \ufffd b');
    expect(core.tokenize('a \ud83d b')).toEqual(replaced);
    expect(core.tokenize(Uint8Array.of(0x61, 0x20, 0xff, 0x20, 0x62))).toEqual(replaced);
  });
});

describe('a model that arrives in parts', () => {
  it('is usable after its first block, and asks for the next', () => {
    const whole = (() => {
      core.setPolicy({ kind: PolicyKind.Full, parameter: 0, thresholds: [0, 0, 0] });
      core.begin('a b c');
      expect(core.run()).toBe(Step.Stopped);
      return [1, 2, 3].map((exit) => core.logits(exit));
    })();

    const stream = Core.instantiate(module);
    stream.reserve(file.length);
    const arrive = (from: number, to: number) => stream.append(file.subarray(from, to));
    expect(arrive(0, 10)).toBe(false);
    expect(arrive(10, endOf('exit 1') - 1)).toBe(false);
    expect(arrive(endOf('exit 1') - 1, endOf('exit 1'))).toBe(true);
    expect(stream.blocksReady()).toBe(1);
    stream.setPolicy({ kind: PolicyKind.Full, parameter: 0, thresholds: [0, 0, 0] });
    stream.begin('a b c');
    expect(stream.run()).toBe(Step.NeedBlock);
    expect(stream.logits(1)).toEqual(whole[0]);
    arrive(endOf('exit 1'), endOf('exit 3'));
    expect(stream.blocksReady()).toBe(3);
    expect(stream.run()).toBe(Step.Stopped);
    expect([1, 2, 3].map((exit) => stream.logits(exit))).toEqual(whole);
    expect(arrive(endOf('exit 3'), file.length)).toBe(true);
    expect(() => stream.append(Uint8Array.of(0))).toThrow(RangeError);
  });

  it('gives the same in pieces of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: file.length }), (size) => {
        const stream = Core.instantiate(module);
        stream.reserve(file.length);
        let isUsable = false;
        for (let at = 0; at < file.length; at += size) isUsable = stream.append(file.subarray(at, at + size));
        expect(isUsable).toBe(true);
        expect(stream.blocksReady()).toBe(3);
      }),
      { numRuns: 20 },
    );
  });

  it('is refused when a later block is damaged', () => {
    const bytes = file.slice();
    bytes[endOf('block 2') - 1] ^= 1;
    const stream = Core.instantiate(module);
    stream.reserve(file.length);
    expect(stream.append(bytes.subarray(0, endOf('exit 1')))).toBe(true);
    expect(() => stream.append(bytes.subarray(endOf('exit 1')))).toThrow('block 2: a checksum differs');
  });
});

describe('kernels', () => {
  it('change no result', () => {
    const logits = [Kernel.Popcount, Kernel.PairLookup].map((kernel) => {
      core.chooseKernel(kernel);
      core.begin('a b c d e f g');
      core.run();
      return core.logits(1);
    });
    expect(logits[0]).toEqual(logits[1]);
    expect(() => core.chooseKernel(Kernel.Scalar)).toThrow(sentence(Status.BadArgument));
  });
});

describe('errors', () => {
  it('of damaged files name section, place and code', () => {
    for (const { name, offset } of sections) {
      const bytes = file.slice();
      bytes[offset] ^= 1;
      try {
        Core.instantiate(module).open(bytes);
        expect.fail(`${name} was accepted`);
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFileError);
        expect(error).toMatchObject({ code: Status.Corrupt, section: name, offset });
      }
    }
  });

  it('of other files say what they are not', () => {
    const open = (bytes: Uint8Array) => () => Core.instantiate(module).open(bytes);
    expect(open(new TextEncoder().encode('GIF89a, and much more than a header'))).toThrow('not a model file');
    expect(open(file.subarray(0, file.length - 16))).toThrow(ModelFileError);
    expect(open(new Uint8Array(0))).toThrow(ModelFileError);
  });

  it('of the wrong order have a sentence', () => {
    const fresh = Core.instantiate(module);
    for (const call of [() => fresh.step(), () => fresh.dimensions(), () => fresh.begin('a')]) {
      expect(call).toThrow(CoreError);
      expect(call).toThrow(sentence(Status.WrongState));
    }
    fresh.open(file);
    expect(() => fresh.step()).toThrow(sentence(Status.WrongState));
    expect(() => fresh.logits(1)).toThrow('exit 1 was not computed');
  });

  it('have a sentence each, and only one', () => {
    const codes = Object.values(Status).filter((code) => typeof code === 'number');
    const sentences = codes.map((code) => sentence(code));
    expect(new Set(sentences).size).toBe(codes.length);
    expect(sentence(-99 as Status)).toContain('unknown code -99');
  });

  it('leave the core fit for the next model', () => {
    const again = Core.instantiate(module);
    expect(() => again.open(file.subarray(0, 100))).toThrow(ModelFileError);
    again.open(writeModel(randomModel(1)));
    again.begin('a');
    const larger = randomModel(2, { hidden: 256, slfn: 512, blocks: 2, tokens: 512 });
    again.open(writeModel(larger));
    again.begin('a');
    expect(again.run()).toBe(Step.Stopped);
    expect(again.dimensions()).toEqual(larger.dimensions);
    const recurrent = randomModel(2, { recurrence: 1 });
    again.open(writeModel(recurrent));
    expect(again.dimensions()).toEqual(recurrent.dimensions);
    const binary = randomModel(2, { binaryScores: 1 });
    again.open(writeModel(binary));
    expect(again.dimensions()).toEqual(binary.dimensions);
  });
});

describe('a vocabulary file', () => {
  const { pieces } = randomModel(3);
  const vocabulary = writeVocabulary({ pieces, normalizer: 1, tokens: 16, segments: 2 });

  it('tokenizes as the model of the same vocabulary does', async () => {
    const tokenizer = await loadTokenizer(vocabulary);
    const model = Core.instantiate(module);
    model.open(writeModel(randomModel(3, { normalizer: 1, tokens: 16, segments: 2 })));
    for (const input of ['A b c', '', ['a', 'b '.repeat(40)]] as const) {
      expect(tokenizer.tokenize(input)).toEqual(model.tokenize(input));
    }
    expect([tokenizer.tokens, tokenizer.vocabulary, tokenizer.segments]).toEqual([16, pieces.length + 4, 2]);
    tokenizer.dispose();
    expect(() => tokenizer.tokenize('a')).toThrow('disposed of');
  });

  it('does not classify', async () => {
    const { core: tokenizer } = await loadTokenizer(vocabulary);
    expect(() => tokenizer.begin('a')).toThrow(sentence(Status.NoBlocks));
  });
});

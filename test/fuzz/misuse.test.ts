/**
 * Every exported call in any order with any arguments, in every build. A state machine of what docs/core-abi.md
 * says predicts each answer; whatever was called, the next honest use gives the right bits.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dimension, Status, Step, TEXT_CAPACITY } from '../../assembly/abi.ts';
import { LIMIT_FILE_BYTES, PolicyKind } from '../../assembly/format.ts';
import { readSections, writeModel, writeVocabulary } from '../../host/model-file/index.ts';
import type { CoreCalls } from '../core/builds.ts';
import { randomModel } from '../support/random-model.ts';
import { COUNTED_BUILDS, type CountedBuild, countedModule, FUEL } from './counted.ts';

type Calls = CoreCalls & {
  fuel: WebAssembly.Global;
  __heap_base?: WebAssembly.Global;
  normalizer(): number;
  arenaBytes(): number;
  rareTokens(): number;
  tokensPointer(): number;
  segmentStart(): number;
  wasCut(): number;
  splitWords(bytes: number): number;
  splitPointer(): number;
  entropiesPointer(): number;
  logitsPointer(): number;
  probabilitiesPointer(): number;
};

const parts = randomModel(41, { blocks: 2, slfn: 64, tokens: 12, segments: 2, classes: 3, rare: 0.3 });
const FILES = [
  writeModel(parts),
  writeModel(randomModel(42, { blocks: 1, slfn: 64, tokens: 1, classes: 1 })),
  writeVocabulary({ pieces: parts.pieces, normalizer: 1, tokens: 5, segments: 1 }),
];
const SHAPES = [
  { blocks: 2, segments: 2, tokens: 12, needed: endOfExit(FILES[0]) },
  { blocks: 1, segments: 1, tokens: 1, needed: endOfExit(FILES[1]) },
  { blocks: 0, segments: 1, tokens: 5, needed: FILES[2].length },
];

function endOfExit(file: Uint8Array): number {
  const { offset, bytes } = readSections(file).find(({ name }) => name === 'exit 1')!;
  return offset + bytes.length;
}

/** What the page on the ABI says that a core is in. */
interface Model {
  /** The file whose bytes lie there, and the bytes that were reserved; -1 for none. */
  file: number;
  reserved: number;
  isOpen: boolean;
  text: 'fed' | 'tokenized';
  segment: number;
  begun: boolean;
}

const fresh = (): Model => ({
  file: -1,
  reserved: 0,
  isOpen: false,
  text: 'fed',
  segment: 0,
  begun: false,
});

class Machine {
  readonly calls: Calls;
  #file = new Uint8Array(0);
  #size = 0;

  constructor(readonly build: CountedBuild) {
    const read = (offset: number, pointer: number, bytes: number) => {
      if (bytes < 0 || (offset >>> 0) + bytes > this.#size) throw new Error(`read ${bytes} at ${offset}`);
      // A flash is as large as was reserved; where no file lies it is zero.
      this.memory().fill(0, pointer, pointer + bytes);
      this.memory().set(this.#file.subarray(offset, offset + bytes), pointer);
    };
    const { exports } = new WebAssembly.Instance(countedModule(build), { flash: { read } });
    this.calls = exports as unknown as Calls;
  }

  memory(): Uint8Array {
    return new Uint8Array(this.calls.memory.buffer);
  }

  call(name: keyof Calls, ...args: number[]): number {
    this.calls.fuel.value = FUEL;
    return (this.calls[name] as (...args: number[]) => number)(...args);
  }

  /** `reserve`, and where that gave room, the file's bytes. */
  bring(file: Uint8Array, bytes = file.length): number {
    const place = this.call('reserve', bytes);
    if (place === 0) return 0;
    this.#file = file.slice();
    this.#size = bytes;
    if (this.build !== 'flash') this.memory().set(file.subarray(0, bytes), place);
    return place;
  }

  /** All that an honest user sees of the first file. */
  honest(): unknown {
    const [file] = FILES;
    this.bring(file);
    expect(this.call('open', file.length)).toBe(Status.Ok);
    this.call('clear');
    for (const [segment, text] of ['a bc d', 'b 1'].entries()) {
      const bytes = new TextEncoder().encode(text);
      this.memory().set(bytes, this.calls.textPointer());
      expect(this.call('feed', segment, bytes.length)).toBe(1);
    }
    const tokens = this.call('begin');
    expect(this.call('policy', PolicyKind.Full, 0)).toBe(Status.Ok);
    expect(this.call('run')).toBe(Step.Stopped);
    const { buffer } = this.calls.memory;
    const ids = [...new Uint32Array(buffer, this.calls.tokensPointer(), tokens)];
    const bits = [...new Uint32Array(buffer, this.calls.logitsPointer(), 6)];
    return { tokens, ids, bits, label: this.calls.label(), exits: this.calls.exits() };
  }
}

const POINTERS = ['textPointer', 'tokensPointer', 'splitPointer', 'thresholdsPointer'] as const;
const ANSWERS = ['entropiesPointer', 'logitsPointer', 'probabilitiesPointer'] as const;
const FACTS = [
  'normalizer',
  'arenaBytes',
  'blocksReady',
  'exits',
  'label',
  'segmentStart',
  'wasCut',
  'rareTokens',
] as const;

type Command = fc.Command<Model, Machine>;
const always = () => true;
const command = (name: string, run: (model: Model, machine: Machine) => void): Command => ({
  check: always,
  run,
  toString: () => name,
});

const any = fc.oneof(
  fc.integer(),
  fc.integer({ min: -2, max: 40 }),
  fc.constantFrom(
    -1,
    0,
    1,
    2,
    TEXT_CAPACITY,
    TEXT_CAPACITY + 1,
    2 ** 31 - 1,
    -(2 ** 31),
    LIMIT_FILE_BYTES + 1,
  ),
);

const hasBlocks = (model: Model) => model.isOpen && SHAPES[model.file].blocks > 0;
const clearText = (model: Model) => Object.assign(model, { text: 'fed', segment: 0 });

/** What `feed` and `begin` may be told, by the state they are in. */
const commands: fc.Arbitrary<Command>[] = [
  fc.constantFrom(0, 1, 2).map((index) =>
    command(`bring file ${index}`, (model, machine) => {
      expect(machine.bring(FILES[index])).toBeGreaterThan(0);
      Object.assign(model, fresh(), { file: index, reserved: FILES[index].length });
    }),
  ),
  any.map((bytes) =>
    command(`reserve(${bytes})`, (model, machine) => {
      const place = machine.bring(new Uint8Array(0), bytes);
      if (bytes < 0 || bytes > LIMIT_FILE_BYTES) expect(place).toBe(0);
      Object.assign(model, fresh(), { reserved: place === 0 ? 0 : bytes });
    }),
  ),
  fc.oneof(any, fc.constantFrom('all', 'needed', 'less')).map((amount) =>
    command(`open(${amount})`, (model, machine) => {
      const shape = SHAPES[model.file];
      const all = FILES[model.file]?.length ?? 0;
      const needed = shape?.needed ?? 0;
      const arrived =
        amount === 'all' ? all : amount === 'needed' ? needed : amount === 'less' ? needed - 1 : +amount;
      const status = machine.call('open', arrived);
      if (model.isOpen || model.reserved === 0) expect(status).toBe(Status.WrongState);
      else if (arrived < 0 || arrived > model.reserved) expect(status).toBe(Status.BadArgument);
      else if (model.file < 0) expect(status).toBeLessThan(0);
      else expect(status).toBe(arrived >= needed ? Status.Ok : Status.Truncated);
      if (status === Status.Ok) Object.assign(model, { isOpen: true, begun: false }, clearText(model));
    }),
  ),
  fc.oneof(any, fc.constant('all')).map((amount) =>
    command(`extend(${amount})`, (model, machine) => {
      const arrived = amount === 'all' ? (FILES[model.file]?.length ?? 0) : +amount;
      const status = machine.call('extend', arrived);
      if (!model.isOpen) expect(status).toBe(Status.WrongState);
      else if (arrived < 0 || arrived > model.reserved) expect(status).toBe(Status.BadArgument);
      else expect(status).toBe(Status.Ok);
    }),
  ),
  fc.constant(
    command('clear()', (model, machine) => {
      machine.call('clear');
      clearText(model);
    }),
  ),
  fc.tuple(any, any).map(([segment, bytes]) =>
    command(`feed(${segment}, ${bytes})`, (model, machine) => {
      const said = machine.call('feed', segment, bytes);
      if (!model.isOpen) expect(said).toBe(Status.WrongState);
      else if (segment < 0 || segment >= SHAPES[model.file].segments || bytes < 0 || bytes > TEXT_CAPACITY) {
        expect(said).toBe(Status.BadArgument);
      } else if (segment < model.segment || model.text === 'tokenized') expect(said).toBe(Status.WrongState);
      else {
        expect([0, 1]).toContain(said);
        model.segment = segment;
      }
    }),
  ),
  fc.constant(
    command('tokenize()', (model, machine) => {
      const said = machine.call('tokenize');
      if (!model.isOpen) expect(said).toBe(Status.WrongState);
      else {
        expect(said).toBeGreaterThan(0);
        expect(said).toBeLessThanOrEqual(SHAPES[model.file].tokens);
        model.text = 'tokenized';
      }
    }),
  ),
  any.map((bytes) =>
    command(`splitWords(${bytes})`, (model, machine) => {
      const said = machine.call('splitWords', bytes);
      if (!model.isOpen || hasBlocks(model)) expect(said).toBe(Status.WrongState);
      else if (bytes < 0 || bytes > TEXT_CAPACITY) expect(said).toBe(Status.BadArgument);
      else expect(said).toBeGreaterThanOrEqual(0);
    }),
  ),
  fc.tuple(any, any).map(([kind, parameter]) =>
    command(`policy(${kind}, ${parameter})`, (model, machine) => {
      const said = machine.call('policy', kind, parameter);
      if (!model.isOpen) expect(said).toBe(Status.WrongState);
      else if (!hasBlocks(model)) expect(said).toBe(Status.NoBlocks);
      else {
        const counts = kind === PolicyKind.Fixed || kind === PolicyKind.Patience;
        const fits = counts ? parameter >= 1 && parameter <= SHAPES[model.file].blocks : parameter === 0;
        expect(said).toBe(PolicyKind[kind] !== undefined && fits ? Status.Ok : Status.BadArgument);
      }
    }),
  ),
  any.map((kernel) =>
    command(`chooseKernel(${kernel})`, (_, machine) => {
      expect([Status.Ok, Status.BadArgument]).toContain(machine.call('chooseKernel', kernel));
    }),
  ),
  fc.constant(
    command('begin()', (model, machine) => {
      const said = machine.call('begin');
      if (!model.isOpen) expect(said).toBe(Status.WrongState);
      else if (!hasBlocks(model)) expect(said).toBe(Status.NoBlocks);
      else {
        // Only the first file has rows that may be missing.
        if (said !== Status.NeedRows || model.file !== 0) expect(said).toBeGreaterThan(0);
        Object.assign(model, { text: 'tokenized', begun: true });
      }
    }),
  ),
  fc.constantFrom('step' as const, 'run' as const).map((name) =>
    command(`${name}()`, (model, machine) => {
      const said = machine.call(name);
      if (!model.begun) expect(said).toBe(Status.WrongState);
      else {
        expect(Step[said]).toBeDefined();
        if (name === 'run') expect(said).not.toBe(Step.GoOn);
        const exits = machine.call('exits');
        expect(exits).toBeLessThanOrEqual(machine.call('blocksReady'));
        if (exits > 0)
          expect(machine.call('label')).toBeLessThan(machine.call('dimension', Dimension.Classes));
      }
    }),
  ),
  any.map((which) =>
    command(`dimension(${which})`, (model, machine) => {
      const said = machine.call('dimension', which);
      if (!model.isOpen) expect(said).toBe(Status.WrongState);
      else if (Dimension[which] === undefined) expect(said).toBe(Status.BadArgument);
      else expect(said).toBeGreaterThanOrEqual(0);
    }),
  ),
  fc.constantFrom(...POINTERS, ...ANSWERS).map((name) =>
    command(`${name}()`, (model, machine) => {
      const said = machine.call(name);
      const isThere = name === 'textPointer' || name === 'tokensPointer' ? model.isOpen : hasBlocks(model);
      if (name === 'splitPointer') return;
      if (isThere) expect(said).toBeGreaterThan(0);
      else expect(said).toBe(0);
      expect(said).toBeLessThan(machine.memory().length);
    }),
  ),
  fc.constantFrom(...FACTS).map((name) =>
    command(`${name}()`, (model, machine) => {
      const said = machine.call(name);
      if (name === 'segmentStart' || name === 'wasCut') expect(said).toBeGreaterThanOrEqual(0);
      else if (!model.isOpen) expect(said).toBe(Status.WrongState);
    }),
  ),
  fc.constantFrom('errorSection' as const, 'errorOffset' as const).map((name) =>
    command(`${name}()`, (_, machine) => {
      expect(machine.call(name)).toBeGreaterThanOrEqual(-1);
    }),
  ),
  fc.uint8Array({ maxLength: 64 }).map((bytes) =>
    command('write text', (model, machine) => {
      if (model.isOpen) machine.memory().set(bytes, machine.calls.textPointer());
    }),
  ),
  fc.array(fc.float(), { minLength: 2, maxLength: 2 }).map((thresholds) =>
    command(`thresholds ${thresholds}`, (model, machine) => {
      if (!hasBlocks(model)) return;
      const view = new DataView(machine.calls.memory.buffer);
      const { blocks } = SHAPES[model.file];
      for (let i = 0; i < blocks; i++)
        view.setFloat32(machine.calls.thresholdsPointer() + 4 * i, thresholds[i], true);
    }),
  ),
];

/** For firmware, and told before a model is opened: what it takes on trust may answer anything. */
const OF_FIRMWARE = ['limitMemory', 'memoryBytes', 'trust'];

describe.each(COUNTED_BUILDS)('the %s build', (build) => {
  const expected = new Machine(build).honest();
  const used = new Set<string>();
  // One instance lives through all sequences: what one leaves behind meets the next.
  const machine = new Machine(build);

  it.each([11, 12, 13, 14])(
    'answers any call as its page says, and is right afterwards (seed %i)',
    (seed) => {
      fc.assert(
        fc.property(fc.commands(commands, { maxCommands: 60, size: 'max' }), (sequence) => {
          machine.honest();
          fc.modelRun(() => ({ model: { ...fresh(), ...opened() }, real: machine }), sequence);
          for (const one of sequence) used.add(String(one).replace(/\(.*| .*/, ''));
          expect(machine.honest()).toEqual(expected);
        }),
        { numRuns: 100, seed },
      );
    },
  );

  it('was asked everything that it exports', () => {
    const exported = Object.entries(machine.calls)
      .filter(([name, value]) => typeof value === 'function' && !OF_FIRMWARE.includes(name))
      .map(([name]) => name);
    expect(exported.filter((name) => !used.has(name))).toEqual([]);
  });
});

/** After an honest use the first file is open and has been stepped through. */
function opened(): Partial<Model> {
  return { file: 0, reserved: FILES[0].length, isOpen: true, text: 'tokenized', segment: 1, begun: true };
}

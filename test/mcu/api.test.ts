/** The calls of beex.h on the workstation, under the compiler's sanitizers. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Status, Step } from '../../assembly/abi.ts';
import { PolicyKind } from '../../assembly/format.ts';
import { flashMemoryBytes } from '../../host/mcu/flash-core.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { type Input, load, type Policy } from '../../host/node/index.ts';
import { randomModel } from '../support/random-model.ts';
import { has, make, prepare } from './boards.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const mcu = path.join(here, '../../host/mcu');
const file = writeModel(randomModel(31, { segments: 2, labels: ['no', 'größer'] }));

/** The float as C's %a prints it, in JavaScript's words: parsed back for comparing. */
function fromHexFloat(text: string): number {
  const [, whole, fraction, exponent] = /^0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text)!;
  const value = Number.parseInt(whole, 16) + Number.parseInt(fraction || '0', 16) / 16 ** fraction.length;
  return value * 2 ** Number(exponent);
}

/** The enumerators of a header with their values. */
function enumerators(header: string): Map<string, number> {
  const found = [...header.matchAll(/\b(BEEX_[A-Z_]+) = (-?\d+)/g)];
  return new Map(found.map(([, name, value]) => [name, Number(value)]));
}

/** NeedRows to BEEX_NEED_ROWS. */
function nameInC(name: string): string {
  return `BEEX${name.replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
}

it('beex.h has the numbers of the core, each once', () => {
  const header = enumerators(readFileSync(path.join(mcu, 'beex.h'), 'utf8'));
  const core = [Status, PolicyKind].flatMap((numbers) =>
    Object.entries(numbers).filter(([name]) => Number.isNaN(Number(name))),
  ) as [string, number][];
  // A firmware's model is there whole: beex_step never needs a block.
  const steps: [string, number][] = [
    ['GoOn', Step.GoOn],
    ['Stopped', Step.Stopped],
  ];
  const expected = [...core, ...steps].map(([name, value]) => [nameInC(name), value] as [string, number]);
  expect(header).toEqual(new Map(expected));
});

it.skipIf(!has('wasm2c', 'make', 'gcc'))(
  'beex.h (skipped without the Debian packages wabt, make, gcc)',
  async () => {
    const folder = await prepare(file, ['']);
    make(folder, 'TARGETS=native');
    const program = path.join(folder, 'api');
    const sanitizers = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const sources = [path.join(here, 'api.c'), path.join(folder, 'model.c'), path.join(mcu, 'beex.c')];
    const includes = [mcu, path.join(mcu, 'runtime'), folder].map((one) => `-I${one}`);
    const compile = ['-Wall', '-Wextra', '-Werror', ...sanitizers, ...includes, ...sources];
    const core = path.join(folder, 'native/core.o');
    const compiled = spawnSync('gcc', [...compile, core, '-lm', '-o', program], { encoding: 'utf8' });
    expect(compiled.stderr).toBe('');
    const { stdout, stderr, status } = spawnSync(program, { encoding: 'utf8', timeout: 20_000 });
    rmSync(folder, { recursive: true });
    expect(stderr).toBe('');
    expect(status).toBe(0);

    const model = await load(file);
    const result = (input: Input, policy?: Policy) => {
      const { index, exit, tokens, cut, probabilities, entropies } = model.classify(input, { policy });
      const floats = [...probabilities, entropies.at(-1)!];
      return { facts: `label ${index} exit ${exit} tokens ${tokens} cut ${Number(cut)} classes 2`, floats };
    };
    const memory = await flashMemoryBytes(file);
    const never: Policy = { kind: 'entropy-fraction', thresholds: 2 };
    const expected = [
      `status ${Status.WrongState}`,
      `tight ${Status.OutOfMemory} needs ${memory} of ${memory}`,
      `bad ${Status.BadArgument} ${Status.BadArgument} ${Status.BadArgument} step ${Status.WrongState}`,
      `bent ${Status.Corrupt} step ${Status.WrongState} answer ${Status.WrongState} label ${Status.WrongState}`,
      `trusted ${Status.Ok} checked ${Status.Corrupt}`,
      `unmapped ${Status.Ok}`,
      `step ${Status.WrongState}`,
      result(['a boat', 'a ship']),
      result(['', 'second only'], 'full'),
      result('alone', 'fast'),
      `status ${Status.BadArgument}`,
      'rule 0',
      result('alone', never),
      `rule ${Status.BadArgument} ${Status.BadArgument}`,
      // 8 bytes of UTF-8, of which 5 have room; the last is half of ß.
      `label 8 grö\ufffd 2 ${Status.BadArgument}`,
      'read 1',
    ];
    const printed = stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [facts, floats] = line.split(/(?<=classes \d+) /);
        return floats === undefined ? line : { facts, floats: floats.split(' ').map(fromHexFloat) };
      });
    expect(printed).toEqual(expected);
  },
  120_000,
);

it.skipIf(!has('wasm2c', 'make', 'gcc'))(
  'bounds checks trap at the byte where memory ends (skipped without the Debian packages wabt, make, gcc)',
  async () => {
    const folder = await prepare(file, ['']);
    make(folder, 'TARGETS=native');
    const program = path.join(folder, 'bounds');
    const includes = [folder, path.join(mcu, 'runtime')].map((one) => `-I${one}`);
    const args = ['-w', '-O2', ...includes, path.join(here, 'bounds.c'), '-lm', '-o', program];
    expect(`${spawnSync('gcc', args).stderr}`).toBe('');
    const printed = spawnSync(program, { encoding: 'utf8', timeout: 20_000 }).stdout.trim().split(' ');
    rmSync(folder, { recursive: true });
    const widths = [1, 2, 4, 8, 1, 8];
    const left = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    const expected = left.map((bytes) => widths.map((width) => (width > bytes ? 'T' : '.')).join(''));
    expect(printed).toEqual([...expected, 'TTT']);
  },
  60_000,
);

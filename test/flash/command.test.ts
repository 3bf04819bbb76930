/** beex flash and inspect's predictions, run as a user runs them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../host/bench/index.ts';
import { blankModel } from '../../host/mcu/blank-model.ts';
import { predictFootprint } from '../../host/mcu/footprint.ts';
import { crc32, readFacts, writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { PRESETS } from '../../trainer/settings.ts';
import { beex, buildOnce } from '../cli/command.ts';
import { has } from '../mcu/boards.ts';
import { randomModel } from '../support/random-model.ts';
import { runInShim } from '../wasi/run.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const parts = randomModel(51, { blocks: 3, labels: ['say "no"', 'größer', 'Größer?', '50 %'], classes: 4 });
const file = writeModel(parts);
/** CRC-32 of anything with its own CRC-32 behind it. */
const RESIDUE = 0x2144df1c;

let folder: string;
let model: string;
beforeAll(async () => {
  await buildOnce();
  folder = mkdtempSync(path.join(tmpdir(), 'beex-flash-'));
  model = path.join(folder, '2nd model.beex');
  writeFileSync(model, file);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);

describe('beex flash', () => {
  it('prints what the model takes', async () => {
    const { code, stdout, stderr } = await beex(['flash', model, '-t', 'bin', '-o', at('a.bin'), '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const footprint = await predictFootprint(file, readFacts(file));
    const counted = operations(parts.dimensions, parts.dimensions.tokens);
    expect(JSON.parse(stdout)).toEqual({
      files: [at('a.bin')],
      ...footprint,
      exits: counted.map((exit, i) => ({ ...exit, read: footprint.reads.exits[i] })),
    });
    const { stdout: text } = await beex(['flash', model, '-t', 'bin', '-o', at('a.bin')]);
    expect(text).toContain(footprint.ram.total.toLocaleString('en-US'));
    expect(text).toMatch(/^exit 3 /m);
  });

  it('bin: an image of whole blocks with its checksum', async () => {
    expect((await beex(['flash', model, '--target', 'bin', '--out', at('b.bin')])).code).toBe(0);
    const image = Uint8Array.from(readFileSync(at('b.bin')));
    expect(image.length % 4096).toBe(0);
    expect(image.length).toBeLessThan(file.length + 4096 + 4);
    expect(image.subarray(0, file.length)).toEqual(file);
    expect(image[file.length]).toBe(0xff);
    expect(crc32(image)).toBe(RESIDUE);
  });

  it('c: a source and a header with sizes and labels', async () => {
    const args = ['flash', model, '--target', 'c', '--out', folder, '--section', '.flash.model'];
    expect((await beex([...args, '--name', 'spam'])).code).toBe(0);
    const header = readFileSync(at('spam.h'), 'utf8');
    expect(header).toContain(`#define SPAM_BYTES ${file.length}\n`);
    expect(header).toContain('#define SPAM_LABEL_SAY_NO_ 0\n');
    // Two labels that would be one name are none; so is what has no letter.
    expect(header).not.toMatch(/GR_ER/);
    expect(header).toContain('#define SPAM_LABELS {"say \\042no\\042", "gr\\303\\266\\303\\237er",');
    expect((await beex(args)).code).toBe(0);
    expect(readFileSync(at('model_2nd_model.h'), 'utf8')).toContain(
      'extern const beex_model model_2nd_model;',
    );
  });

  it.skipIf(!has('gcc', 'objcopy'))(
    'c: compiles into its section (skipped without gcc, binutils)',
    async () => {
      const args = ['flash', model, '-t', 'c', '-o', folder, '--name', 'cc', '--section', 'model_here'];
      expect((await beex(args)).code).toBe(0);
      const include = `-I${path.join(here, '../../host/mcu')}`;
      const compiled = spawnSync('gcc', ['-Wall', '-Werror', include, '-c', at('cc.c'), '-o', at('cc.o')]);
      expect(`${compiled.stderr}`).toBe('');
      const dump = ['-O', 'binary', '-j', 'model_here', at('cc.o'), at('cc.bin')];
      expect(spawnSync('objcopy', dump).status).toBe(0);
      expect(Uint8Array.from(readFileSync(at('cc.bin')))).toEqual(file);
    },
  );

  it.each(['scalar', 'simd'])('wasm: a %s command with the model inside', async (build) => {
    const args = ['flash', model, '-t', 'wasm', '--build', build, '-o', at(`${build}.wasm`)];
    expect((await beex(args)).code).toBe(0);
    const module = Uint8Array.from(readFileSync(at(`${build}.wasm`)));
    const { code, stdout } = runInShim(module, ['a lovely film'], '.', {});
    expect(code).toBe(0);
    const { index, entropies } = (await load(file)).classify('a lovely film');
    expect(JSON.parse(stdout)).toMatchObject({ index, entropies });
  });

  const hasEspTools = has('wasm2c', 'make', 'riscv64-unknown-elf-gcc');
  const ESP_PACKAGES = 'wabt, make, gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf';

  it.skipIf(!hasEspTools)(
    `esp-idf: a component that compiles (skipped without ${ESP_PACKAGES})`,
    async () => {
      const { code, stdout } = await beex(['flash', model, '-t', 'esp-idf', '-o', at('esp'), '--name', 'm']);
      expect(code).toBe(0);
      expect(stdout).toContain('made without the SDK');
      const component = at('esp/components/beex');
      const image = readFileSync(path.join(component, 'm.bin'));
      expect(readFileSync(at('esp/partitions.csv'), 'utf8')).toContain(
        `m, data, 0x40, , ${image.length / 1024}K\n`,
      );
      const cmake = readFileSync(path.join(component, 'CMakeLists.txt'), 'utf8');
      const sources = readdirSync(component).filter((name) => name.endsWith('.c'));
      expect(sources.sort()).toEqual(['beex.c', 'beex_partition.c', 'core.c']);
      for (const source of sources) {
        expect(cmake).toContain(source);
        // As for an ESP32-C3.
        const cpu = ['-march=rv32imc', '-mabi=ilp32', '--specs=picolibc.specs', '-O1', '-ffp-contract=off'];
        const warnings = source === 'core.c' ? ['-w'] : ['-Wall', '-Wextra', '-Werror'];
        const includes = [`-I${component}`, `-I${path.join(here, 'esp-idf')}`];
        const args = [
          ...cpu,
          ...warnings,
          ...includes,
          '-c',
          path.join(component, source),
          '-o',
          at('esp.o'),
        ];
        expect(`${spawnSync('riscv64-unknown-elf-gcc', args).stderr}`).toBe('');
      }
    },
  );

  it.each([
    [['-t', 'elf'], 'Allowed choices are bin, c, wasm, esp-idf'],
    [['-t', 'c', '--name', 'a-b'], '"a-b" is no name in C'],
    [['-t', 'c', '--section', 'a"b'], 'is no section'],
    [['-t', 'bin', '--section', '.x'], '--section is for --target c'],
    [['-t', 'esp-idf', '--name', 'a-name-of-16-and-more'], 'no partition'],
    [[], "required option '-t, --target <target>' not specified"],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await beex(['flash', model, ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('what fits', () => {
  it('inspect --budget names the presets and their vocabulary', async () => {
    const { code, stdout } = await beex(['inspect', '--budget', 'flash=256K,ram=64K', '--json']);
    expect(code).toBe(0);
    const [micro, small, base] = JSON.parse(stdout);
    expect(micro).toMatchObject({ preset: 'micro', perPiece: 23.5 });
    expect(micro.ram).toBeLessThan(64 * 1024);
    expect(micro.flash + micro.perPiece * micro.vocabulary).toBeLessThanOrEqual(256 * 1024);
    expect(micro.vocabulary).toBeGreaterThan(1000);
    expect([small.vocabulary, base.vocabulary]).toEqual([0, 0]);
    const { stdout: text } = await beex(['inspect', '--budget', 'ram=1M']);
    expect(text).toMatch(/^micro .* fits$/m);
    expect((await beex(['inspect', '--budget', 'rom=4'])).code).toBe(2);
  });

  it('a blank model takes the memory of a filled one', async () => {
    const shape = PRESETS.micro;
    const filled = writeModel(randomModel(52, shape));
    const memory = async (bytes: Uint8Array) => (await predictFootprint(bytes, readFacts(bytes))).ram.memory;
    expect(await memory(blankModel(shape))).toBe(await memory(filled));
  });
});

/** docs/devices.md and docs/memory.md against what they describe. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { RowKind } from '../../assembly/format.ts';
import { fitPresets, fitsText, parseBudget } from '../../cli/budget.ts';
import { blankModel } from '../../host/mcu/blank-model.ts';
import { modelSource } from '../../host/mcu/c-source.ts';
import { FlashCore, flashMemoryBytes, flashModule } from '../../host/mcu/flash-core.ts';
import { predictReads } from '../../host/mcu/reads.ts';
import { readFacts, writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { PRESETS } from '../../trainer/settings.ts';
import { randomModel } from '../support/random-model.ts';
import { has, make, prepare } from './boards.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');
const devices = page('devices');
const memory = page('memory');
const shown = (value: number) => value.toLocaleString('en-US');

it('the map of memory adds up to what the flash build needs', async () => {
  const rows = [...memory.matchAll(/^\| +([\d,]+) \| +([\d,]*) \|/gm)].map(([, from, bytes]) =>
    [from, bytes].map((digits) => Number(digits.replaceAll(',', ''))),
  );
  let end = 0;
  for (const [from, bytes] of rows) {
    expect(from).toBe(end);
    end += bytes;
  }
  const blank = blankModel(PRESETS.micro);
  expect(end).toBe(await flashMemoryBytes(blank));
  expect(memory).toContain(`${shown(65_536 - end)} bytes of the page are free`);
  const flash = new FlashCore(await flashModule(), blank);
  expect(rows[1][0]).toBe(Math.ceil(flash.staticBytes() / 16) * 16);
});

it('the table of presets is what inspect --budget prints', async () => {
  const [, budget, printed] = devices.match(/inspect --budget (\S+)\n([\s\S]*?)\n```/)!;
  expect(fitsText(await fitPresets(parseBudget(budget)))).toBe(printed);
});

it('the bytes read are those of the preset micro', () => {
  const dimensions = { ...PRESETS.micro, classes: 2, segments: 1, vocabulary: 0 };
  const { embedding, step, exits } = predictReads(
    { dimensions, rowKind: RowKind.Bits, rareTokens: 0 },
    PRESETS.micro.tokens,
  );
  for (const bytes of [embedding, step, exits[0], exits[3]]) expect(memory).toContain(shown(bytes));
});

it('a light recurrence takes the bytes that the page says, all of them in flash', async () => {
  const [plain, recurrent] = [0, 1].map((recurrence) => blankModel({ ...PRESETS.micro, recurrence }));
  expect(await flashMemoryBytes(recurrent)).toBe(await flashMemoryBytes(plain));
  const { hidden, blocks, tokens } = PRESETS.micro;
  const [without, within] = [plain, recurrent].map((file) => predictReads(readFacts(file), tokens).step);
  expect(within - without).toBe(hidden * (hidden / 4 + 28));
  expect(recurrent.length - plain.length).toBe(blocks * (within - without));
  expect(memory).toContain(`a channel more: ${shown(within - without)}`);
});

it.skipIf(!has('wasm2c', 'make', 'gcc'))(
  'the firmware of the page answers as Node does (skipped without wabt, make, gcc)',
  async () => {
    const [, program] = devices.match(/```c\n([\s\S]*?int main[\s\S]*?)```/)!;
    const file = writeModel(randomModel(61, { blocks: 3, labels: ['ham', 'spam'] }));
    const folder = await prepare(file, ['']);
    make(folder, 'TARGETS=native');
    const memoryBytes = await flashMemoryBytes(file);
    const { header, source } = modelSource(file, readFacts(file), { name: 'mails', memoryBytes });
    writeFileSync(path.join(folder, 'mails.h'), header);
    writeFileSync(path.join(folder, 'mails.c'), source);
    writeFileSync(path.join(folder, 'main.c'), program);
    const mcu = fileURLToPath(new URL('../../host/mcu', import.meta.url));
    const sources = ['main.c', 'mails.c', 'native/libbeex.a'].map((name) => path.join(folder, name));
    const elf = path.join(folder, 'program');
    const args = ['-Wall', '-Wextra', '-Werror', `-I${mcu}`, ...sources, '-lm', '-o', elf];
    expect(`${spawnSync('gcc', args).stderr}`).toBe('');
    const { stdout } = spawnSync(elf, { encoding: 'utf8', timeout: 20_000 });
    rmSync(folder, { recursive: true });
    const { label, index, probabilities, exit } = (await load(file)).classify('are you free on Monday?');
    expect(stdout).toBe(`${label} ${probabilities[index].toFixed(3)}, exit ${exit} of 3\n`);
  },
  60_000,
);

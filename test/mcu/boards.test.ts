/** The C library on emulated boards and on the workstation gives the bits that Node gives, for the shipped model. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIBRARY_FLASH_BYTES, LIBRARY_RAM_BYTES, STACK_BYTES } from '../../host/mcu/footprint.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { randomModel } from '../support/random-model.ts';
import { type Answer, emulate, has, make, prepare, type Report, runOnBoard, sizes } from './boards.ts';
import { LENGTHS, microModel, sentences } from './sentences.ts';

const file = new Uint8Array(readFileSync(new URL('../../models/spam-micro.beex', import.meta.url)));
const texts = sentences();

/** Bits of a float, as the firmware prints them. */
function hex(value: number): string {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getUint32(0).toString(16).padStart(8, '0');
}

type Expected = Pick<Answer, 'tokens' | 'label' | 'exit'> & { exits: { label: number; bits: string[] }[] };

async function inNode(file: Uint8Array): Promise<Expected[]> {
  const model = await load(file);
  return texts.map((text) => {
    const { index, exit } = model.classify(text);
    const { tokens, exits } = model.classifyDetailed(text, { policy: 'full' });
    return {
      tokens,
      label: index,
      exit,
      exits: exits.map((one, i) => ({
        label: one.index,
        bits: [hex(one.entropy), ...model.core.logits(i + 1).map(hex)],
      })),
    };
  });
}

const withoutCounts = ({ answers }: Report): Expected[] =>
  answers.map(({ tokens, label, exit, exits }) => ({
    tokens,
    label,
    exit,
    exits: exits.map(({ label, bits }) => ({ label, bits })),
  }));

/** Instructions of one block and its exit for a text of all 32 tokens, and bytes of stack, at most. */
interface Budget {
  step: number;
  stack: number;
}
const CORTEX_M: Record<string, Budget> = {
  'mps2-an386': { step: 9_500_000, stack: STACK_BYTES },
  'mps2-an500': { step: 9_500_000, stack: STACK_BYTES },
  lm3s6965evb: { step: 20_300_000, stack: STACK_BYTES },
};
const RISC_V: Record<string, Budget> = { virt: { step: 34_000_000, stack: STACK_BYTES } };

const hasWasm2c = has('wasm2c', 'make', 'gcc');
const hasBoards = hasWasm2c && has('arm-none-eabi-gcc', 'qemu-system-arm');
let folder: string;
let expected: Expected[];

beforeAll(async () => {
  folder = await prepare(file, texts);
  expected = await inNode(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

it('has 50 texts, ham and spam', () => {
  expect(texts.length).toBeGreaterThanOrEqual(50);
  expect(new Set(expected.map(({ label }) => label)).size).toBe(2);
});

it.skipIf(!hasWasm2c)(
  'the workstation (skipped without the Debian packages wabt, make, gcc)',
  () => {
    expect(withoutCounts(emulate(folder, 'native'))).toEqual(expected);
  },
  120_000,
);

/** The same bits, within its budget; a budget twice too large would be none. */
function expectBoard(board: string, budget: Budget): void {
  const report = emulate(folder, board);
  expect(withoutCounts(report)).toEqual(expected);
  const stepAt = (length: number) => {
    const answers = report.answers.filter(({ tokens }) => tokens === length);
    return Math.max(...answers.flatMap(({ exits }) => exits.map(({ instructions }) => instructions)));
  };
  const step = stepAt(32);
  const { begin } = report.answers.find(({ tokens }) => tokens === 32)!;
  console.log(
    `${board}: instructions a block ${LENGTHS.map((length) => `${length} tokens ${stepAt(length)}`).join(', ')}; ` +
      `begin ${begin}, open ${report.open}, trusted ${report.trusted}; bytes of stack ${report.stack}, of memory ${report.memory}`,
  );
  expect(step).toBeLessThanOrEqual(budget.step);
  expect(step).toBeGreaterThan(budget.step / 2);
  expect(report.trusted).toBeLessThan(report.open / 50);
  expect(report.stack).toBeLessThanOrEqual(budget.stack);
  expect(report.stack).toBeGreaterThan(budget.stack / 2);
}

it.skipIf(!hasWasm2c)(
  'a model of which texts leave at different exits (skipped without wabt, make, gcc)',
  async () => {
    const random = writeModel(microModel());
    const own = await prepare(random, texts);
    const answers = withoutCounts(emulate(own, 'native'));
    rmSync(own, { recursive: true });
    expect(answers).toEqual(await inNode(random));
    expect(new Set(answers.map(({ exit }) => exit)).size).toBeGreaterThan(1);
  },
  120_000,
);

it.skipIf(!hasWasm2c)('a model of more than a page of memory (skipped without wabt, make, gcc)', async () => {
  const large = writeModel(randomModel(78, { hidden: 256, slfn: 512, blocks: 2, heads: 8, tokens: 64 }));
  const model = await load(large);
  const text = 'nobody could ever find the very last ferry on a monday before the storm';
  const own = await prepare(large, [text]);
  const { memory, answers } = emulate(own, 'native');
  rmSync(own, { recursive: true });
  expect(memory).toBeGreaterThan(65_536);
  const { entropies } = model.classify(text, { policy: 'full' });
  expect(answers[0].exits.map(({ bits }) => bits[0])).toEqual(entropies.map(hex));
});

const hasRiscV = hasWasm2c && has('riscv64-unknown-elf-gcc', 'qemu-system-riscv32');
const RISC_V_PACKAGES = 'gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf, qemu-system-misc';

describe.skipIf(!hasRiscV)(`RISC-V (skipped without the Debian packages wabt, ${RISC_V_PACKAGES})`, () => {
  it.each(Object.entries(RISC_V))('%s', expectBoard, 120_000);
});

/** Instructions of a block of 32 tokens of random weights, by board; what each says is what Node says. */
async function scoresOnBoards(binaryScores: number): Promise<Record<string, number>> {
  const random = writeModel(microModel({ binaryScores }));
  const own = await prepare(random, texts);
  const answers = await inNode(random);
  const boards = ['mps2-an386', 'lm3s6965evb', ...(hasRiscV ? ['virt'] : [])];
  const counted = boards.map((board) => {
    const report = emulate(own, board);
    expect(withoutCounts(report)).toEqual(answers);
    const longest = report.answers.filter(({ tokens }) => tokens === 32);
    return [board, Math.max(...longest.flatMap(({ exits }) => exits.map((exit) => exit.instructions)))];
  });
  rmSync(own, { recursive: true });
  return Object.fromEntries(counted);
}

const CORTEX_M_PACKAGES = 'gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm';

describe.skipIf(!hasBoards)(
  `Cortex-M (skipped without the Debian packages wabt, ${CORTEX_M_PACKAGES})`,
  () => {
    it.each(Object.entries(CORTEX_M))('%s', expectBoard, 120_000);

    it('take fewer instructions for binary scores, to the same bits', async () => {
      const [real, binary] = await Promise.all([0, 1].map((binaryScores) => scoresOnBoards(binaryScores)));
      for (const [board, instructions] of Object.entries(binary)) {
        console.log(
          `${board}: instructions a block of 32 tokens ${real[board]}, binary scores ${instructions}`,
        );
        expect(instructions).toBeLessThan(0.9 * real[board]);
      }
    }, 240_000);

    it('say what bounds checks take', async () => {
      const short = texts.slice(-3);
      const unchecked = await prepare(file, short);
      const { answers } = emulate(unchecked, 'mps2-an386', 'UNCHECKED=1');
      const core = sizes('arm-none-eabi-size', path.join(unchecked, 'm4f/core.o'));
      rmSync(unchecked, { recursive: true });
      const bare = answers.find(({ tokens }) => tokens === 32)!.exits[0];
      expect(bare.bits).toEqual(expected[texts.length - 2].exits[0].bits);
      console.log(
        `without bounds checks: ${bare.instructions} instructions a block, ${core.text} bytes of core`,
      );
      expect(bare.instructions).toBeLessThan(6_300_000);
    });

    it('say what exp takes', async () => {
      const own = await prepare(file, ['']);
      const main = `MAIN=${path.join(import.meta.dirname, 'exponential.c')}`;
      const most = { 'mps2-an386': 50, lm3s6965evb: 1000 };
      const sums = Object.entries(most).map(([board, instructions]) => {
        const [, taken, bits] = runOnBoard(own, board, main).match(/^exp (\d+) (\d+)$/m)!;
        console.log(`${board}: ${taken} instructions an exp`);
        expect(Number(taken)).toBeLessThanOrEqual(instructions);
        return bits;
      });
      rmSync(own, { recursive: true });
      expect(new Set(sums).size).toBe(1);
    });

    it('fit their parts', () => {
      make(folder, 'TARGETS=m3 m4f m7');
      const boards = { m3: 'lm3s6965evb', m4f: 'mps2-an386', m7: 'mps2-an500' };
      for (const [target, board] of Object.entries(boards)) {
        const at = (name: string) => path.join(folder, target, name);
        const core = sizes('arm-none-eabi-size', at('core.o'));
        const library = sizes('arm-none-eabi-size', at('beex.o'));
        make(folder, 'firmware', `BOARD=${board}`);
        const firmware = sizes('arm-none-eabi-size', path.join(folder, board, 'firmware.elf'));
        console.log(
          `${target}: core ${JSON.stringify(core)}, library ${JSON.stringify(library)}, ` +
            `firmware ${JSON.stringify(firmware)}`,
        );
        expect(core.text + library.text).toBeLessThanOrEqual(LIBRARY_FLASH_BYTES);
        expect(core.data + library.data).toBe(0);
        expect(core.bss + library.bss).toBeLessThanOrEqual(LIBRARY_RAM_BYTES);
      }
    });
  },
);

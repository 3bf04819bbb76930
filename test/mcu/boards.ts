/** Builds the emulator's firmware with a model and texts, and runs it on a board of qemu's. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelSource, stringLiteral } from '../../host/mcu/c-source.ts';
import { flashMemoryBytes } from '../../host/mcu/flash-core.ts';
import { readFacts } from '../../host/model-file/read.ts';

const mcu = fileURLToPath(new URL('../../host/mcu', import.meta.url));

/** Whether each of these programs is there. */
export function has(...programs: string[]): boolean {
  return programs.every((program) => spawnSync(program, ['--version']).error === undefined);
}

function run(program: string, args: string[], timeout = 120_000): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} gave ${status}:\n${stdout}${stderr}`);
  // qemu's semihosting writes to its standard error.
  return stdout + stderr;
}

/** A folder with the model and the texts as C; libraries and firmware are built in it. */
export async function prepare(file: Uint8Array, texts: readonly string[]): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'beex-mcu-'));
  const memoryBytes = await flashMemoryBytes(file);
  const { header, source } = modelSource(file, readFacts(file), { name: 'model', memoryBytes });
  writeFileSync(path.join(folder, 'model.h'), header);
  writeFileSync(path.join(folder, 'model.c'), source);
  const list = texts.map(stringLiteral).join(',\n');
  writeFileSync(path.join(folder, 'texts.h'), `static const char *const texts[] = {\n${list}\n};\n`);
  return folder;
}

export function make(folder: string, ...args: string[]): void {
  run('make', ['-s', '-C', mcu, `OUT=${folder}`, `MODEL=${folder}`, ...args]);
}

export interface Sizes {
  text: number;
  data: number;
  bss: number;
}

export function sizes(tool: string, object: string): Sizes {
  const [text, data, bss] = run(tool, [object]).trim().split('\n').at(-1)!.trim().split(/\s+/).map(Number);
  return { text, data, bss };
}

export interface Exit {
  label: number;
  instructions: number;
  /** Bits of the entropy and of each logit, as hexadecimal. */
  bits: string[];
}

export interface Answer {
  tokens: number;
  /** Instructions of `begin`: tokenizing and embedding. */
  begin: number;
  exits: Exit[];
  /** Under the model's default policy. */
  label: number;
  exit: number;
}

export interface Report {
  /** Instructions of `beex_open_trusted`, and of `beex_open`. */
  trusted: number;
  open: number;
  memory: number;
  stack: number;
  answers: Answer[];
}

/** The firmware on its board. `options` are the Makefile's. */
export function emulate(folder: string, board: string, ...options: string[]): Report {
  return parse(runOnBoard(folder, board, ...options));
}

/** What the firmware prints. Under `-icount shift=0` every instruction takes a nanosecond of its time. */
export function runOnBoard(folder: string, board: string, ...options: string[]): string {
  make(folder, 'firmware', `BOARD=${board}`, ...options);
  const elf = path.join(folder, board, 'firmware.elf');
  if (board === 'native') return run(elf, []);
  const isArm = board !== 'virt';
  const machine = isArm ? ['-M', board] : ['-M', board, '-bios', 'none'];
  const qemu = isArm ? 'qemu-system-arm' : 'qemu-system-riscv32';
  const output = ['-nographic', '-monitor', 'none', '-serial', 'none'];
  const semihosting = ['-semihosting-config', 'enable=on,target=native', '-icount', 'shift=0'];
  return run(qemu, [...machine, ...output, ...semihosting, '-kernel', elf]);
}

function parse(printed: string): Report {
  const report: Report = { trusted: -1, open: -1, memory: -1, stack: -1, answers: [] };
  for (const line of printed.trim().split('\n')) {
    // qemu's word on the timer between its being reset and set.
    if (line.startsWith('Timer with period zero')) continue;
    const [word, ...rest] = line.split(' ');
    const numbers = rest.map(Number);
    const answer = report.answers.at(-1)!;
    if (word === 'text') {
      const [, tokens, begin] = numbers;
      report.answers.push({ tokens, begin, exits: [], label: -1, exit: -1 });
    } else if (word === 'exit') {
      answer.exits.push({ label: numbers[1], instructions: numbers[2], bits: rest.slice(3) });
    } else if (word === 'answer') {
      [answer.label, answer.exit] = numbers;
    } else if (word === 'trusted' || word === 'open' || word === 'memory' || word === 'stack') {
      report[word] = numbers[0];
    } else {
      throw new Error(`the firmware said "${line}"`);
    }
  }
  return report;
}

/** What commands print with: colours, bars and tables, plain where the output is no terminal. */
import { cpus } from 'node:os';
import Table from 'cli-table3';
import pc from 'picocolors';

const isTerminal = process.stdout.isTTY === true;

/** Colours of standard output; each leaves text as it is where there is no terminal. */
export const colors = pc.createColors(isTerminal && pc.isColorSupported);

/** Writes to standard output, waiting while its reader is slower than we are. */
export async function print(text: string): Promise<void> {
  if (process.stdout.write(`${text}\n`)) return;
  await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** One JSON value on one line. */
export function printJson(value: unknown): Promise<void> {
  return print(JSON.stringify(value));
}

/** A remark beside the output, on standard error. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What measured: figures without it say nothing. */
export function machine(): { host: string; machine: string } {
  return {
    host: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${process.platform} ${process.arch}`,
  };
}

const BAR_PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar for a fraction, padded to `width`; nothing where the output is no terminal. */
export function bar(fraction: number, width = 10): string {
  if (!isTerminal) return '';
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  return ('█'.repeat(eighths >> 3) + BAR_PARTS[eighths & 7]).padEnd(width);
}

/** A table without lines but under its head; columns are aligned right but for the first. */
export function table(head: string[], rows: (string | number)[][], left: number[] = [0]): string {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  };
  const lines = new Table({
    head: head.map((name) => colors.bold(name)),
    colAligns: head.map((_, column) => (left.includes(column) ? 'left' : 'right')),
    chars: none,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  lines.push(...rows);
  return lines
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** 12,345 */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** 98.3 % */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/** Three digits that matter, without an exponent: 0.0123, 1.23, 123. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(6, Math.max(0, 2 - size)));
}

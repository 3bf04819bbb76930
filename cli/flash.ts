/** beex flash: what a device is given, from a model file. */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { operations } from '../host/bench/index.ts';
import { modelSource } from '../host/mcu/c-source.ts';
import { writeEspIdf } from '../host/mcu/esp-idf.ts';
import { type Footprint, predictFootprint } from '../host/mcu/footprint.ts';
import { flashImage } from '../host/mcu/image.ts';
import { type ModelFacts, readFacts } from '../host/model-file/index.ts';
import { modelBytes } from '../host/node/models.ts';
import { embedModel } from '../host/wasi/embed.ts';
import { UsageError } from './errors.ts';
import { count, print, printJson, table } from './output.ts';

const TARGETS = ['bin', 'c', 'wasm', 'esp-idf'] as const;
const WASI_BUILDS = ['scalar', 'simd'] as const;

interface Options {
  target: (typeof TARGETS)[number];
  out?: string;
  name?: string;
  section?: string;
  build: (typeof WASI_BUILDS)[number];
  json?: boolean;
}

const EXAMPLES = `
Targets:
  bin      an image for a flash partition: the file, padded to 4 KiB, a CRC-32 in its last 4 bytes
  c        NAME.c and NAME.h for host/mcu's library: bytes, working memory, labels and sizes as macros
  wasm     one WASI command with the model inside
  esp-idf  a folder with a component, the library in it, and a partition's image; needs make and wasm2c

Examples:
  $ beex flash spam-micro --target c --name spam --section .model
  $ beex flash my.beex --target wasm --out my.wasm && wasmtime my.wasm "some text"
  $ beex flash my.beex --target bin --out my.bin --json

With --json:
  {"files": [], "flash", "ram", "reads", "exits": [{"exit", "float", "binary", "total", "read"}]}
Operations and bytes read are those of the longest input, and counted, not measured.`;

export function register(program: Command): void {
  program
    .command('flash')
    .description('make what a device is given of a model')
    .argument('<model>', 'a model of the package, or a model file')
    .addOption(new Option('-t, --target <target>', 'what to make').choices(TARGETS).makeOptionMandatory())
    .option('-o, --out <path>', "the file, or the folder for c and esp-idf; NAME's in this one unless given")
    .option('--name <name>', "the model's name in C and in a partition table; the file's unless given")
    .option('--section <section>', "c: the linker section of the model's bytes")
    .addOption(new Option('--build <build>', 'wasm: the command').choices(WASI_BUILDS).default('scalar'))
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(flash);
}

async function flash(source: string, options: Options): Promise<void> {
  const file = Uint8Array.from(await modelBytes(source));
  const facts = readFacts(file);
  const footprint = await predictFootprint(file, facts);
  const files = await write(file, facts, footprint, options, options.name ?? nameOf(source));
  const exits = operations(facts.dimensions, facts.dimensions.tokens).map(
    ({ exit, float, binary, total }) => ({
      exit,
      float,
      binary,
      total,
      read: footprint.reads.exits[exit - 1],
    }),
  );
  if (options.json) await printJson({ files, ...footprint, exits });
  else await print(textForm(files, footprint, exits, options.target));
}

/** A name that C and partition tables take, from a file's. */
function nameOf(source: string): string {
  const name = path.basename(source, '.beex').replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(name) ? name : `model_${name}`;
}

async function write(
  file: Uint8Array,
  facts: ModelFacts,
  footprint: Footprint,
  { target, out, section, build }: Options,
  name: string,
): Promise<string[]> {
  if (section !== undefined && target !== 'c') throw new UsageError('--section is for --target c');
  switch (target) {
    case 'bin':
      return writeAll([[out ?? `${name}.bin`, flashImage(file)]]);
    case 'wasm':
      return writeAll([[out ?? `${name}.wasm`, embedModel(await command(build), file)]]);
    case 'esp-idf':
      return writeEspIdf(out ?? `${name}-esp-idf`, partitionName(name), file);
    case 'c': {
      const { header, source } = inC(() =>
        modelSource(file, facts, { name, section, memoryBytes: footprint.ram.memory }),
      );
      const folder = out ?? '.';
      return writeAll([
        [path.join(folder, `${name}.h`), header],
        [path.join(folder, `${name}.c`), source],
      ]);
    }
  }
}

/** ESP-IDF keeps 16 bytes for a partition's name, one of them a zero. */
function partitionName(name: string): string {
  if (!/^[A-Za-z0-9_]{1,15}$/.test(name)) {
    throw new UsageError(`--name: "${name}" is no partition's name of at most 15 letters and digits`);
  }
  return name;
}

function inC<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

async function command(build: Options['build']): Promise<Uint8Array> {
  const { resolve } = createRequire(import.meta.url);
  return readFile(resolve(`beexformer/beex.wasi.${build}.wasm`));
}

async function writeAll(files: [path: string, contents: Uint8Array | string][]): Promise<string[]> {
  for (const [file, contents] of files) await writeFile(file, contents);
  return files.map(([file]) => file);
}

type Exit = { exit: number; float: number; binary: number; total: number; read: number };

function textForm(files: string[], { flash, ram }: Footprint, exits: Exit[], target: string): string {
  const isWasm = target === 'wasm';
  const sizes = isWasm
    ? [['model', count(flash.model), 'bytes inside the command; its memory grows for it']]
    : [
        [
          'flash',
          count(flash.total),
          `the model's ${count(flash.model)}, at most ${count(flash.library)} of library`,
        ],
        [
          'RAM',
          count(ram.total),
          `${count(ram.memory)} to work in, at most ${count(ram.library + ram.stack)} besides`,
        ],
      ];
  return [
    ...files,
    '',
    table(['', 'bytes', ''], sizes, [0, 2]).split('\n').slice(1).join('\n'),
    '',
    table(
      ['', 'float', 'binary', 'float + binary / 64', 'bytes read'],
      exits.map(({ exit, float, binary, total, read }) => [
        `exit ${exit}`,
        count(float),
        count(binary),
        count(total),
        count(read),
      ]),
    ),
    '',
    'For the longest input, from the embedding on. Operations are counted, not measured.',
    ...(target === 'esp-idf'
      ? [
          'The component was made without the SDK: it has been compiled against the names it uses, not linked.',
        ]
      : []),
  ].join('\n');
}

/**
 * A model for ESP-IDF, as a folder to copy into a project: the component, with the library in it, and the
 * image of a partition that `idf.py flash` writes.
 *
 *   components/beex/  CMakeLists.txt, beex.h, beex.c, core.h, core.c, beex_partition.*, NAME.bin
 *   partitions.csv    the line to add to the project's table
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { flashImage } from './image.ts';

const { resolve } = createRequire(import.meta.url);
/** The C sources: of the package, also when this runs from its compiled form. */
const sources = path.join(path.dirname(resolve('beexformer/package.json')), 'host/mcu');
const LIBRARY = [
  'beex.h',
  'beex.c',
  'runtime/wasm-rt.h',
  'esp-idf/beex_partition.h',
  'esp-idf/beex_partition.c',
];

/** Of partitions that ESP-IDF leaves to applications. */
const SUBTYPE = '0x40';

/** A program that this needs is not installed. */
export class MissingToolError extends Error {
  override name = 'MissingToolError';
}

/**
 * Writes the folder; gives the names of its files.
 * @throws MissingToolError without wasm2c
 */
export function writeEspIdf(folder: string, name: string, file: Uint8Array): string[] {
  const component = path.join(folder, 'components/beex');
  mkdirSync(component, { recursive: true });
  translateCore(component);
  for (const source of LIBRARY)
    copyFileSync(path.join(sources, source), path.join(component, path.basename(source)));
  const image = flashImage(file);
  writeFileSync(path.join(component, `${name}.bin`), image);
  writeFileSync(path.join(component, 'CMakeLists.txt'), cmake(name));
  const line = `${name}, data, ${SUBTYPE}, , ${image.length / 1024}K\n`;
  writeFileSync(path.join(folder, 'partitions.csv'), `# Name, Type, SubType, Offset, Size\n${line}`);
  const written = [
    'core.h',
    'core.c',
    ...LIBRARY.map((one) => path.basename(one)),
    `${name}.bin`,
    'CMakeLists.txt',
  ];
  return [...written.map((one) => path.join(component, one)), path.join(folder, 'partitions.csv')];
}

/** core.c and core.h, as host/mcu/Makefile makes them. */
function translateCore(component: string): void {
  const out = mkdtempSync(path.join(tmpdir(), 'beex-core-'));
  try {
    const wasm = resolve('beexformer/core.flash.wasm');
    const args = ['-s', '-f', path.join(sources, 'Makefile'), `OUT=${out}`, `WASM=${wasm}`, `${out}/core.c`];
    const { status, stderr, error } = spawnSync('make', args, { encoding: 'utf8' });
    if (error || status !== 0) {
      const why = error?.message ?? stderr.trim();
      throw new MissingToolError(
        `the core could not be translated to C: make and wasm2c are needed (${why})`,
      );
    }
    for (const name of ['core.c', 'core.h']) copyFileSync(path.join(out, name), path.join(component, name));
  } finally {
    rmSync(out, { recursive: true });
  }
}

function cmake(name: string): string {
  return `idf_component_register(
  SRCS beex.c core.c beex_partition.c
  INCLUDE_DIRS .
  REQUIRES esp_partition)

# Fused multiply-add would change bits; the core is machine-written and has names that it does not use.
target_compile_options(\${COMPONENT_LIB} PRIVATE -O2 -ffp-contract=off -fno-math-errno -DNDEBUG)
set_source_files_properties(core.c PROPERTIES COMPILE_OPTIONS -w)

# idf.py flash writes the model to its partition.
partition_table_get_partition_info(size "--partition-name ${name}" "size")
if("\${size}" STREQUAL "")
  message(WARNING "add the line of partitions.csv to the project's partition table")
else()
  esptool_py_flash_to_partition(flash "${name}" "\${CMAKE_CURRENT_LIST_DIR}/${name}.bin")
endif()
`;
}

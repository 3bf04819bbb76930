/** A model as a pair of C files: its bytes in flash, its working memory, and its facts as macros. */
import type { ModelFacts } from '../model-file/read.ts';

export interface CSourceOptions {
  /** A C identifier: of the `beex_model`, and of the files. */
  name: string;
  /** The linker section of the bytes; the compiler's own for constants unless given. */
  section?: string;
  /** Bytes of working memory, from `flashMemoryBytes`. */
  memoryBytes: number;
}

export interface CSource {
  header: string;
  source: string;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What a linker script may call a section. */
const SECTION = /^[A-Za-z0-9._$-]+$/;
const BYTES_A_LINE = 32;

/** @throws RangeError for names that are none in C */
export function modelSource(file: Uint8Array, facts: ModelFacts, options: CSourceOptions): CSource {
  const { name, section, memoryBytes } = options;
  if (!IDENTIFIER.test(name)) throw new RangeError(`"${name}" is no name in C`);
  if (section !== undefined && !SECTION.test(section))
    throw new RangeError(`"${section}" is no section's name`);
  const prefix = name.toUpperCase();
  const { labels, policies, dimensions } = facts;
  const header = `/* Made by beex flash. Include it where you call beex_open(&${name}). */
#ifndef ${prefix}_H
#define ${prefix}_H

#include "beex.h"

#define ${prefix}_BYTES ${file.length}
/* RAM that it works in. */
#define ${prefix}_MEMORY_BYTES ${memoryBytes}
#define ${prefix}_BLOCKS ${dimensions.blocks}
#define ${prefix}_CLASSES ${dimensions.classes}
#define ${prefix}_TOKENS ${dimensions.tokens}
/* Names of the classes; beex_label reads the same from the model. */
#define ${prefix}_LABELS {${labels.map(stringLiteral).join(', ')}}
${labelMacros(prefix, labels)}/* Operating points, for beex_policy. */
#define ${prefix}_POLICIES {${policies.map((point) => stringLiteral(point.name)).join(', ')}}
#define ${prefix}_DEFAULT_POLICY ${stringLiteral(policies[0].name)}

extern const beex_model ${name};

#endif
`;
  const place = section === undefined ? 'aligned(16)' : `aligned(16), section("${section}")`;
  const source = `/* Made by beex flash. */
#include "${name}.h"

static const uint8_t bytes[${prefix}_BYTES] __attribute__((${place})) = {
${byteLines(file)}
};

static uint8_t memory[${prefix}_MEMORY_BYTES] __attribute__((aligned(16)));

const beex_model ${name} = {bytes, ${prefix}_BYTES, memory, ${prefix}_MEMORY_BYTES, 0, 0};
`;
  return { header, source };
}

/** A macro for each label that can be a name, where no two would be the same one. */
function labelMacros(prefix: string, labels: readonly string[]): string {
  const names = labels.map((label) => label.toUpperCase().replace(/[^A-Z0-9]+/g, '_'));
  const isGood = (name: string) => /[A-Z0-9]/.test(name) && names.indexOf(name) === names.lastIndexOf(name);
  return names.map((name, i) => (isGood(name) ? `#define ${prefix}_LABEL_${name} ${i}\n` : '')).join('');
}

/** A text as C has it: bytes that are not plain ASCII as three octal digits, which nothing can follow. */
export function stringLiteral(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    const isPlain = byte >= 0x20 && byte < 0x7f && !'"\\?'.includes(character);
    return isPlain ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}

function byteLines(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    lines.push(`${bytes.subarray(at, at + BYTES_A_LINE).join(',')},`);
  }
  return lines.join('\n');
}

/**
 * The builds of the core, made to count: each turn of each loop takes one from a global, and a call that has
 * used it up traps. So an endless loop is found for certain, and how work grows with its input is a number
 * that no clock disturbs.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import binaryen from 'binaryen';
import '../support/relaxed-simd.ts';

export const COUNTED_BUILDS = ['relaxed', 'simd', 'scalar', 'flash'] as const;
export type CountedBuild = (typeof COUNTED_BUILDS)[number];

/** Turns that any call may take before it counts as endless. */
export const FUEL = 200_000_000;

const { resolve } = createRequire(import.meta.url);
const compiled = new Map<CountedBuild, WebAssembly.Module>();

/** A counting module, whose exports are the build's and `fuel`, a mutable i32. */
export function countedModule(build: CountedBuild): WebAssembly.Module {
  let module = compiled.get(build);
  if (!module) {
    module = countedModuleOf(build, (text) => text);
    compiled.set(build, module);
  }
  return module;
}

/** The same of a build whose text was changed. */
export function countedModuleOf(build: CountedBuild, change: (text: string) => string): WebAssembly.Module {
  return new WebAssembly.Module(withCount(change(textOf(build))));
}

const texts = new Map<CountedBuild, string>();

function textOf(build: CountedBuild): string {
  let text = texts.get(build);
  if (!text) {
    const plain = binaryen.readBinary(readFileSync(resolve(`beexformer/core.${build}.wasm`)));
    // What is set here is what may be printed and parsed, not what the build uses.
    plain.setFeatures(binaryen.Features.All);
    text = plain.emitText();
    plain.dispose();
    texts.set(build, text);
  }
  return text;
}

const TURN = `
  (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))
  (if (i32.lt_s (global.get $fuel) (i32.const 0)) (then (unreachable)))`;

function withCount(text: string): Uint8Array<ArrayBuffer> {
  const loops = /^( *\(loop (?:\$\S+)?(?: \(result [^)]*\))?)$/gm;
  if (text.match(loops)?.length !== text.split('(loop').length - 1) throw new Error('a loop was overlooked');
  const counting = text
    .replace(loops, `$1${TURN}`)
    .replace('(module', `(module\n (global $fuel (export "fuel") (mut i32) (i32.const ${FUEL}))`);
  const counted = binaryen.parseText(orderImportsFirst(counting));
  counted.setFeatures(binaryen.Features.All);
  if (counted.validate() !== 1) throw new Error('the counting module is not valid');
  const binary = Uint8Array.from(counted.emitBinary());
  counted.dispose();
  return binary;
}

/** The text format wants imports before anything that is defined. */
function orderImportsFirst(text: string): string {
  const imports = text.match(/^ \(import .*$/gm) ?? [];
  const rest = text.replace(/^ \(import .*\n/gm, '');
  return rest.replace('(module', `(module\n${imports.join('\n')}`);
}

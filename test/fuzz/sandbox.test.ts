/** The watch around a core sees what it is there for: builds that were made to misbehave. */
import { describe, expect, it } from 'vitest';
import { SOUND_FILES } from './cases.ts';
import { type CountedBuild, countedModuleOf } from './counted.ts';
import { Breach, Sandbox } from './sandbox.ts';

const { bytes } = SOUND_FILES[0];
const model = { number: 0, bytes, arrivals: [40, bytes.length], damages: [], repaired: true };

/** What the sandbox says of a build in which `name` first does what `code` says. */
function outcome(build: CountedBuild, name: string, code: string): string {
  const module = countedModuleOf(build, (text) => {
    const internal = text.match(new RegExp(`\\(export "${name}" \\(func (\\S+)\\)\\)`))![1];
    const head = text.split('\n').find((line) => line.startsWith(` (func ${internal} `))!;
    const locals = text.slice(text.indexOf(head) + head.length).match(/^(\n {2}\(local [^\n]*)*/)![0];
    return text.replace(head + locals, `${head}${locals}\n${code}`);
  });
  try {
    return new Sandbox(build, module).attempt(model, true).join('\n');
  } catch (error) {
    if (error instanceof Breach) return error.message;
    throw error;
  }
}

const store = (address: string) => `(i32.store8 ${address} (i32.const 1))`;

describe('the watch', () => {
  it('says nothing of a build that does as it should', () => {
    expect(outcome('scalar', 'begin', '(nop)')).toContain('Stopped');
    expect(outcome('flash', 'begin', '(nop)')).toContain('Stopped');
  });

  it.each([
    ['behind the arena', store('(i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 9))')],
    ['the file', store('(i32.const 8192)')],
  ])('sees a write to %s', (where, code) => {
    expect(outcome('scalar', 'begin', code)).toContain(where);
  });

  it('sees a write to a file that is being opened, and behind what has come of it', () => {
    expect(outcome('simd', 'open', store('(i32.const 8160)'))).toMatch(
      /the file changed|wrote behind the file/,
    );
  });

  it('sees an endless loop, and a trap', () => {
    expect(outcome('relaxed', 'step', '  (loop $ever\n   (br $ever))')).toContain('step took more than');
    expect(outcome('simd', 'begin', '(unreachable)')).toContain('begin: RuntimeError');
  });

  it.each([
    ['beyond what has come', '(i32.const 1048576) (i32.const 60000) (i32.const 4)', 'that have arrived'],
    ['a negative number of bytes', '(i32.const 0) (i32.const 60000) (i32.const -1)', 'that have arrived'],
    ['into static data', '(i32.const 0) (i32.const 16) (i32.const 4)', 'of its memory'],
    ['beyond memory', '(i32.const 0) (i32.const 65534) (i32.const 4)', 'of its memory'],
  ])('sees a read of the flash build %s', (_, args, what) => {
    expect(outcome('flash', 'begin', `(call $fimport$0 ${args})`)).toContain(what);
  });
});

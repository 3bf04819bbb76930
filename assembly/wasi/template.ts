/**
 * Lines of JSON from templates: what stands between two values is written by `next`, up to the next hole.
 * One string for a line takes less of a module than one for each key.
 */
import { writeByte } from './streams';

const HOLE: i32 = 0x23; // #

let template: string = '';
let at: i32 = 0;

/** Begins a line: writes up to the first hole. */
export function start(text: string): void {
  template = text;
  at = 0;
  next();
}

/** The value of a hole has been written: writes up to the next one, or to the end. */
export function next(): void {
  while (at < template.length) {
    const character = template.charCodeAt(at);
    at += 1;
    if (character == HOLE) return;
    writeByte(character);
  }
}

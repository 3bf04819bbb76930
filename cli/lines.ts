/** Lines of standard input, as they come. Ill-formed UTF-8 is replaced; an empty line is a line. */
import { UsageError } from './errors.ts';

/** Characters of a line. No model reads as far; a line without end would take all memory. */
export const LINE_MOST = 1 << 26;

/** @throws UsageError for a line of more than LINE_MOST characters */
export async function* inputLines(): AsyncGenerator<string> {
  process.stdin.setEncoding('utf8');
  // Pieces of the line that has not ended: joined once, so that a long line takes no longer a character.
  let open: string[] = [];
  let length = 0;
  let number = 1;
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    const pieces = chunk.split('\n');
    const last = pieces.pop()!;
    for (const piece of pieces) {
      open.push(piece);
      yield withoutReturn(open.join(''));
      open = [];
      length = 0;
      number++;
    }
    open.push(last);
    length += last.length;
    if (length > LINE_MOST) throw new UsageError(`line ${number} is longer than ${LINE_MOST} characters`);
  }
  const rest = open.join('');
  if (rest !== '') yield withoutReturn(rest);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

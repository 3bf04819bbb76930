/** One row a block: what it says, how sure it is, what it cost, and whether the policy stops there. */
import type { ExitResult, ModelInfo } from '../browser/index.ts';
import { duration, element, percent, size } from './text.ts';

const COLOURS = 6;

export interface LadderState {
  info: ModelInfo;
  exits: readonly ExitResult[];
  /** Bytes of the model that any answer about this text needs: more where it has rare tokens. */
  least: number;
  /** Exit that the policy takes, counted from 1; 0 while it is not known. */
  stop: number;
  /** Milliseconds from the text to each exit, where they have been measured. */
  times: readonly number[];
  /** Blocks that have arrived. */
  blocks: number;
  /** Whether rows of rare tokens have not. */
  isSparse: boolean;
}

export function showLadder(
  list: HTMLElement,
  { info, exits, least, stop, times, blocks, isSparse }: LadderState,
): void {
  const rows = info.exitBytes.map((bytes, i) => {
    const exit = i + 1;
    const result = exits[i];
    const row = element('li', '', element('span', 'block', `Block ${exit}`));
    if (!result) {
      const waits = isSparse && exits.length === 0 ? 'waits for a rare word' : '…';
      row.append(element('span', 'says', blocks < exit ? 'not here yet' : waits));
      row.classList.add('further');
      return row;
    }
    const isFurther = stop > 0 && exit > stop;
    const sure = `${result.label}, ${percent(result.probabilities[result.index])}`;
    row.classList.toggle('further', isFurther);
    row.classList.toggle('stop', exit === stop);
    row.append(
      element('span', 'says', isFurther ? `would say ${sure}` : sure),
      bar(result.probabilities),
      element(
        'span',
        'facts',
        element('span', '', `${result.entropy.toFixed(3)} nats`),
        element('span', '', times[i] === undefined ? '' : duration(times[i])),
        element('span', '', size(Math.max(least, bytes))),
      ),
    );
    if (exit === stop) row.append(element('span', 'badge', 'stops here'));
    return row;
  });
  list.replaceChildren(...rows);
}

/** The classes' shares; colour repeats what the row's text says. */
function bar(probabilities: readonly number[]): HTMLElement {
  const made = element('span', 'bar');
  made.setAttribute('aria-hidden', 'true');
  probabilities.slice(0, COLOURS).forEach((probability, i) => {
    const part = element('i', '');
    part.style.width = `${100 * probability}%`;
    part.style.background = `var(--class-${i})`;
    made.append(part);
  });
  return made;
}

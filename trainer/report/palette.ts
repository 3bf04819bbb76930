/** Colours of exits: they have an order, so they run from one colour to another. */

export const RIGHT = 'var(--accent)';
export const WRONG = 'var(--last)';

/** The colour of each exit. [L] */
export function exitColours(exits: number): string[] {
  return Array.from({ length: exits }, (_, i) => {
    const share = exits === 1 ? 0 : Math.round((100 * i) / (exits - 1));
    return `color-mix(in oklch, var(--last) ${share}%, var(--first))`;
  });
}

const exitNumbers = (exits: number): number[] => Array.from({ length: exits }, (_, i) => i + 1);

/** A colour scale whose domain is exits, counted from 1. */
export function exitScale(exits: number, legend = true) {
  return {
    type: 'ordinal' as const,
    domain: exitNumbers(exits),
    range: exitColours(exits),
    legend,
    label: 'exit',
    tickFormat: nameOfExit,
  };
}

/** Symbols beside colours, for print in black and for eyes that see few colours. */
export function exitSymbols(exits: number) {
  return { domain: exitNumbers(exits), legend: true, label: 'exit', tickFormat: nameOfExit };
}

function nameOfExit(exit: number): string {
  return `exit ${exit}`;
}

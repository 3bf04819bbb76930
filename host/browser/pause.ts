/** Lets the page's other work go first: input, painting, timers. */

const { scheduler } = globalThis as { scheduler?: { yield?(): Promise<void> } };

export function pause(): Promise<void> {
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}

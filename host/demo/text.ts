/** Numbers and words as the page shows them. */

/** 0.8 ms, 12 ms, 2.1 s */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
}

/** 412 kB */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

/** 93 %; never 100 where it is a little less. */
export function percent(fraction: number): string {
  return `${fraction < 1 ? Math.min(99, Math.round(100 * fraction)) : 100}\u00a0%`;
}

/** An element with a class and contents. */
export function element(name: string, className: string, ...children: (string | Node)[]): HTMLElement {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** An element of the page that is known to be there. */
export function byId<T extends Element = HTMLElement>(id: string): T {
  return document.getElementById(id) as Element as T;
}

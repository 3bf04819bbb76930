/**
 * What pages of charts are drawn with: sections, tables, and Observable Plot in the page's own colours, so
 * that charts follow dark mode and print. A page is drawn anew when its width changes: charts that were
 * merely shrunk could not be read on a phone.
 */
import * as Plot from '@observablehq/plot';
import { STYLE } from './style.ts';

const WIDTH_MOST = 680;
const STYLE_OF_CHART = { background: 'transparent', color: 'currentColor', fontSize: '13px' };

let width = WIDTH_MOST;

/** Width in pixels of a chart that has the page to itself. */
export function pageWidth(): number {
  return width;
}

/** Draws the page into `main`, and again when its width has changed. */
export function mount(main: HTMLElement, draw: () => void): void {
  document.head.append(element('style', STYLE));
  const redraw = () => {
    main.replaceChildren();
    width = Math.min(WIDTH_MOST, contentWidth(main));
    draw();
  };
  redraw();
  new ResizeObserver(() => {
    if (Math.min(WIDTH_MOST, contentWidth(main)) !== width) redraw();
  }).observe(main);
}

function contentWidth(main: HTMLElement): number {
  return Math.max(240, Math.floor(main.getBoundingClientRect().width));
}

export function chart(options: Plot.PlotOptions): Element {
  return Plot.plot({
    width,
    marginTop: 32,
    marginLeft: 56,
    marginBottom: 44,
    style: STYLE_OF_CHART,
    ...options,
  });
}

/** Charts beside each other, as many as have room; each is given its width. */
export function beside<T>(
  items: readonly T[],
  least: number,
  draw: (item: T, width: number) => Element,
): Element {
  const room = Math.max(1, Math.floor(width / least));
  // As many a row as in the others: four charts where three have room are two and two.
  const columns = Math.ceil(items.length / Math.ceil(items.length / room));
  const box = element('div');
  box.className = 'beside';
  // Paper may be narrower than the page was: charts shrink then, and stay beside each other.
  box.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  box.append(...items.map((item) => draw(item, Math.floor((width - 16 * (columns - 1)) / columns))));
  return box;
}

export function section(main: HTMLElement, title: string, caption: string, ...figures: Element[]): void {
  const box = element('section');
  box.append(element('h2', title), ...(caption ? [element('p', caption)] : []), ...figures);
  main.append(box);
  for (const svg of box.querySelectorAll('svg')) describe(svg, title);
}

/** To a screen reader a chart is one picture with a name; the keys to its symbols are words beside them. */
function describe(svg: SVGElement, title: string): void {
  if (svg.closest('span')) {
    svg.setAttribute('aria-hidden', 'true');
    return;
  }
  const own = svg.closest('figure')?.querySelector('h2')?.textContent;
  // Plot names its marks ("rule", "dot"), which says nothing to anybody and is no name for a group.
  for (const mark of svg.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', own ? `${title}: ${own}` : title);
}

/** A table that scrolls by itself where it is wider than the page. */
export function table(heads: string[], rows: string[][]): Element {
  const made = element('table');
  const line = (cells: string[], tag: 'th' | 'td') => {
    const row = element('tr');
    row.append(...cells.map((cell) => element(tag, cell)));
    return row;
  };
  made.append(...(heads.length > 0 ? [line(heads, 'th')] : []), ...rows.map((cells) => line(cells, 'td')));
  const box = element('div');
  box.className = 'scrolls';
  // So that it can be scrolled by keys.
  box.tabIndex = 0;
  box.append(made);
  return box;
}

export function element(tag: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** 83.3 % */
export function percent(fraction: number | null): string {
  return fraction === null ? '–' : `${(100 * fraction).toFixed(1)} %`;
}

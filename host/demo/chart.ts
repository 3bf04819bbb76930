/**
 * The entropy after each block, as a line that falls:
 *
 *   H_0 |●
 *       |   ●───●                 ● taken, ◉ the exit, ○ what further blocks would have said
 *       |         ◉ · · ○ · · ○
 *   0   +----+---+---+----+
 */
const HEIGHT = 180;
const LEFT = 44;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 30;
const NAMESPACE = 'http://www.w3.org/2000/svg';

export interface Curve {
  /** In nats, of the exits so far. */
  entropies: readonly number[];
  /** Exit that the policy takes, counted from 1; 0 while it is not known. */
  stop: number;
  blocks: number;
  /** Entropy before the first block, ln C. */
  prior: number;
  /** Entropy below which the policy stops, where it says so in entropies. */
  threshold?: number;
}

/** A chart as wide as its place, at every width. */
export class Chart {
  readonly #svg: SVGElement;
  #curve: Curve | undefined;

  constructor(svg: SVGElement) {
    this.#svg = svg;
    new ResizeObserver(() => this.#curve && this.show(this.#curve)).observe(svg);
  }

  show(curve: Curve): void {
    this.#curve = curve;
    draw(this.#svg, curve, this.#svg.clientWidth);
  }
}

function draw(svg: SVGElement, { entropies, stop, blocks, prior, threshold }: Curve, width: number): void {
  const x = (exit: number) => LEFT + ((width - LEFT - RIGHT) * exit) / blocks;
  const y = (entropy: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(1, entropy / prior));
  const points = [prior, ...entropies].map((entropy, exit) => [x(exit), y(entropy)] as const);
  const path = (part: readonly (readonly [number, number])[]) =>
    part.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');
  const end = stop > 0 ? stop : entropies.length;
  const title = svg.querySelector('title')!;
  title.textContent = entropies.length
    ? `Entropy after each block: ${entropies.map((entropy) => entropy.toFixed(2)).join(', ')} nats`
    : 'Entropy after each block';
  svg.replaceChildren(
    title,
    shape('line', { class: 'axis', x1: LEFT, x2: width - RIGHT, y1: y(0), y2: y(0) }),
    shape('line', { class: 'axis', x1: LEFT, x2: width - RIGHT, y1: y(prior), y2: y(prior) }),
    label(LEFT - 10, y(prior) + 4, prior.toFixed(2), 'end'),
    label(LEFT - 10, y(0) + 4, '0', 'end'),
    ...Array.from({ length: blocks }, (_, i) => label(x(i + 1), HEIGHT - 8, String(i + 1), 'middle')),
    label(LEFT, HEIGHT - 8, 'block', 'middle'),
    ...(threshold === undefined || threshold > prior
      ? []
      : [
          shape('line', {
            class: 'threshold',
            x1: LEFT,
            x2: width - RIGHT,
            y1: y(threshold),
            y2: y(threshold),
          }),
        ]),
    shape('path', { class: 'further', d: path(points.slice(end)) }),
    shape('path', { class: 'taken', d: path(points.slice(0, end + 1)) }),
    ...points.map(([cx, cy], exit) =>
      shape('circle', {
        cx,
        cy,
        r: exit === stop && stop > 0 ? 8 : 5.5,
        class: exit === stop && stop > 0 ? 'stop' : exit <= end ? 'on' : '',
      }),
    ),
  );
}

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function label(x: number, y: number, text: string, anchor: string): SVGElement {
  const made = shape('text', { x, y, 'text-anchor': anchor });
  made.textContent = text;
  return made;
}

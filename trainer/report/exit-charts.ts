/** Charts of what the packed model's exits say. */
import * as Plot from '@observablehq/plot';
import { beside, chart, pageWidth } from '../../host/bench/charts/draw.ts';
import type { ExitRecord, PolicyRecord } from './exits.ts';
import { exitScale, RIGHT, WRONG } from './palette.ts';
import { reliability } from './reliability.ts';

const ENTROPY_BINS = 14;
/** A share that is narrower than this has no room for its number. */
const NUMBERED_SHARE = 0.09;

function numbered(exits: ExitRecord[]): (ExitRecord & { exit: number })[] {
  return exits.map((exit, i) => ({ ...exit, exit: i + 1 }));
}

/** How sure each exit is of the texts that it labels rightly, and of the others. */
export function entropyHistograms(exits: ExitRecord[], classes: number): Element {
  const most = Math.log(classes);
  const counts = numbered(exits).map(({ exit, entropy, right }) => {
    const bins = Array.from({ length: ENTROPY_BINS }, (_, bin) => ({
      from: (bin * most) / ENTROPY_BINS,
      to: ((bin + 1) * most) / ENTROPY_BINS,
      right: 0,
      wrong: 0,
    }));
    entropy.forEach((nats, text) => {
      const bin = Math.min(ENTROPY_BINS - 1, Math.floor((nats / most) * ENTROPY_BINS));
      bins[bin][right[text] ? 'right' : 'wrong'] += 100 / entropy.length;
    });
    return { exit, bins };
  });
  const tallest = Math.max(...counts.flatMap(({ bins }) => bins.map((bin) => bin.right + bin.wrong)));
  return beside(counts, Math.min(220, pageWidth()), ({ exit, bins }, width) =>
    chart({
      width,
      height: 220,
      title: `exit ${exit}`,
      x: { label: 'entropy, nats', domain: [0, most], ticks: 4 },
      y: { label: 'texts, %', domain: [0, tallest], grid: true, ticks: 4 },
      marks: [
        Plot.rectY(bins, { x1: 'from', x2: 'to', y: 'right', fill: RIGHT, insetLeft: 1 }),
        Plot.rectY(bins, {
          x1: 'from',
          x2: 'to',
          y1: 'right',
          y2: (bin) => bin.right + bin.wrong,
          fill: WRONG,
          insetLeft: 1,
        }),
        Plot.ruleY([0]),
      ],
    }),
  );
}

/** What the two colours of the histograms mean. */
export function rightAndWrong(): Element {
  return Plot.legend({
    color: { type: 'ordinal', domain: ['labelled rightly', 'labelled wrongly'], range: [RIGHT, WRONG] },
    style: { fontSize: '13px' },
  });
}

/** Against the diagonal: of the texts labelled with this probability, as many should be right. */
export function reliabilityCharts(exits: ExitRecord[], classes: number): Element {
  const texts = exits[0].right.length;
  return beside(numbered(exits), Math.min(220, pageWidth()), ({ exit, probability, right }, width) => {
    const { bins, error } = reliability(probability, right, classes);
    const percents = bins.map((bin) => ({
      said: 100 * bin.probability,
      right: 100 * bin.right,
      low: 100 * bin.interval.low,
      high: 100 * bin.interval.high,
      texts: bin.texts,
    }));
    return chart({
      width,
      height: Math.min(width, 260),
      title: `exit ${exit}: ECE ${(100 * error).toFixed(1)} points`,
      x: { label: 'probability said, %', domain: [100 / classes, 100], ticks: 4 },
      y: { label: 'right, %', domain: [0, 100], grid: true, ticks: 5 },
      r: { range: [2, 9], domain: [0, texts] },
      marks: [
        Plot.line(
          [
            [100 / classes, 100 / classes],
            [100, 100],
          ],
          { stroke: 'currentColor', strokeDasharray: '4 4', strokeOpacity: 0.7 },
        ),
        Plot.ruleX(percents, { x: 'said', y1: 'low', y2: 'high', stroke: RIGHT, strokeWidth: 2 }),
        Plot.dot(percents, {
          x: 'said',
          y: 'right',
          r: 'texts',
          fill: RIGHT,
          title: (bin) =>
            `${bin.texts} texts: said ${bin.said.toFixed(1)} %, right ${bin.right.toFixed(1)} %`,
        }),
      ],
    });
  });
}

/** Where texts leave by each policy. */
export function shareChart(policies: PolicyRecord[]): Element {
  const exits = policies[0].shares.length;
  const parts = policies.flatMap(({ name, shares }) => {
    let from = 0;
    return shares.map((share, i) => {
      const part = { policy: name, exit: i + 1, share, from: 100 * from, to: 100 * (from + share) };
      from += share;
      return part;
    });
  });
  return chart({
    height: 70 + 42 * policies.length,
    marginLeft: 80,
    color: exitScale(exits),
    x: { label: 'share of the texts, %', domain: [0, 100] },
    y: { label: null, domain: policies.map(({ name }) => name) },
    marks: [
      Plot.barX(parts, {
        x1: 'from',
        x2: 'to',
        y: 'policy',
        fill: 'exit',
        title: ({ exit, share }) => `exit ${exit}: ${(100 * share).toFixed(1)} %`,
      }),
      Plot.text(
        parts.filter(({ share }) => share >= NUMBERED_SHARE),
        {
          x: ({ from, to }) => (from + to) / 2,
          y: 'policy',
          text: ({ share }) => (100 * share).toFixed(0),
          fill: 'var(--on-colour)',
        },
      ),
    ],
  });
}

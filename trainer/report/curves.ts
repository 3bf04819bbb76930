/** Charts over the steps of a run. */
import * as Plot from '@observablehq/plot';
import { beside, chart, pageWidth } from '../../host/bench/charts/draw.ts';
import type { MetricsLine } from './metrics.ts';
import { exitColours, exitScale, exitSymbols } from './palette.ts';

/** One value of one exit at one step. */
interface Point {
  done: number;
  exit: number;
  value: number;
}

/** Points of a list per exit that some lines have. */
function points(metrics: MetricsLine[], list: (line: MetricsLine) => number[] | undefined): Point[] {
  return metrics.flatMap((line) =>
    (list(line) ?? []).map((value, i) => ({ done: line.done, exit: i + 1, value })),
  );
}

/** Where stages begin, but for the first, with their names. */
function stageStarts(metrics: MetricsLine[]): { at: number; stage: string }[] {
  return metrics.flatMap(({ stage, done, step }, i) =>
    i > 0 && stage !== metrics[i - 1].stage ? [{ at: done - step, stage }] : [],
  );
}

function stageMarks(metrics: MetricsLine[]): Plot.Markish[] {
  const starts = stageStarts(metrics);
  return [
    Plot.ruleX(starts, { x: 'at', stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '3 4' }),
    Plot.text(starts, { x: 'at', text: 'stage', frameAnchor: 'top', dx: 5, dy: -2, textAnchor: 'start' }),
  ];
}

const STEPS = { label: 'steps of the run', grid: true, nice: true };

function lines(some: Point[]): Plot.Markish[] {
  return [
    Plot.line(some, { x: 'done', y: 'value', stroke: 'exit', strokeWidth: 2 }),
    Plot.dot(some, {
      x: 'done',
      y: 'value',
      stroke: 'exit',
      symbol: 'exit',
      r: 3,
      title: ({ exit, done, value }) => `exit ${exit}, step ${done}: ${value.toFixed(3)}`,
    }),
  ];
}

/** Cross-entropy of each exit on texts that were held out, and the training loss beside it. */
export function lossChart(metrics: MetricsLine[], exits: number): Element {
  return chart({
    height: 320,
    color: exitScale(exits, false),
    symbol: exitSymbols(exits),
    x: STEPS,
    y: { label: 'cross-entropy, nats', grid: true, nice: true },
    marks: [
      ...stageMarks(metrics),
      Plot.line(metrics, { x: 'done', y: 'loss', stroke: 'currentColor', strokeDasharray: '5 4' }),
      ...lines(points(metrics, ({ calibrationLoss }) => calibrationLoss)),
    ],
  });
}

/** `factor` is 100 for shares, which are shown in percent. */
export function scoreChart(metrics: MetricsLine[], exits: number, label: string, factor: number): Element {
  const some = points(metrics, ({ calibration }) => calibration?.map((score) => factor * score));
  return chart({
    height: 320,
    color: exitScale(exits, false),
    symbol: exitSymbols(exits),
    x: STEPS,
    y: { label, grid: true, nice: true },
    marks: [...stageMarks(metrics), ...lines(some)],
  });
}

/** Share of training texts that each exit labelled rightly while it learned them. */
export function trainingChart(metrics: MetricsLine[], exits: number): Element {
  const some = points(metrics, ({ accuracy }) => accuracy.map((share) => 100 * share));
  return chart({
    height: 260,
    color: exitScale(exits),
    x: STEPS,
    y: { label: 'accuracy on training texts, %', grid: true, nice: true },
    marks: [
      ...stageMarks(metrics),
      Plot.line(some, { x: 'done', y: 'value', stroke: 'exit', strokeWidth: 2 }),
    ],
  });
}

/** How entropy after each exit spread while the run went on. */
export function entropyCurves(metrics: MetricsLine[], exits: number, classes: number): Element {
  const looks = metrics.filter(({ calibrationEntropy }) => calibrationEntropy);
  const colours = exitColours(exits);
  return beside(
    colours.map((colour, i) => ({ colour, exit: i + 1 })),
    Math.min(220, pageWidth()),
    ({ colour, exit }, width) => {
      const spread = looks.map(({ done, calibrationEntropy }) => {
        const [low, half, high] = calibrationEntropy![exit - 1];
        return { done, low, half, high };
      });
      return chart({
        width,
        height: 200,
        title: `exit ${exit}`,
        x: { label: 'steps', ticks: 4 },
        y: { label: 'entropy, nats', domain: [0, Math.log(classes)], grid: true, ticks: 4 },
        marks: [
          Plot.areaY(spread, { x: 'done', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.25 }),
          Plot.line(spread, { x: 'done', y: 'half', stroke: colour, strokeWidth: 2 }),
        ],
      });
    },
  );
}

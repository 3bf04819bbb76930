/** The page of `beex bench --html`. */
import * as Plot from '@observablehq/plot';
import { beside, chart, element, percent, section, table } from './draw.ts';

interface Times {
  p50: number;
  p95: number;
  low: number;
  high: number;
}

/** What the page reads of a report; cli/bench-measure.ts makes it. */
export interface BenchReport {
  host: string;
  machine: string;
  model: string;
  build: string;
  kernel: string;
  tokens: number;
  exits: (Times & {
    exit: number;
    share: number | null;
    score: number | null;
    operations: { total: number };
  })[];
  data?: {
    name: string;
    texts: number;
    policy: string;
    policies: (Times & { policy: string; kind: string; mean: number; score: number; depth: number })[];
  };
  ours?: Times;
  peers?: (Times & { name: string; ratio: number })[];
  profile?: { part: string; share: number; time: number }[];
  growth?: (Times & { axis: string; value: number })[];
}

export function drawBench(main: HTMLElement, report: BenchReport): void {
  const { model, machine, host, build, kernel, tokens, data, exits, ...rest } = report;
  main.append(element('h1', `How long ${model} takes`));
  const inputs = data
    ? `${data.name}: ${data.texts} texts, ${tokens.toFixed(1)} tokens on average; policy ${data.policy}`
    : `one text of ${tokens} tokens`;
  main.append(element('p', `${inputs}. Build ${build}, kernel ${kernel}. ${host}; ${machine}.`));
  section(
    main,
    'Latency of each exit',
    'Dot: median; bar: its 95 % confidence interval; cross: 95th percentile.',
    latency(),
  );
  if (data) {
    section(
      main,
      'Accuracy against latency',
      'Every rule to stop by, at every threshold tried; the diamonds are the operating points in the file.',
      accuracy(data.policies),
    );
    section(main, `Where texts leave by the policy ${data.policy}`, '', shares());
  }
  if (rest.profile)
    section(main, 'Where the time goes', 'Parts of all blocks and exits of one text.', parts(rest.profile));
  if (rest.peers && rest.ours) {
    const all = [{ ...rest.ours, name: 'ours', ratio: 1 }, ...rest.peers];
    section(
      main,
      'Beside others, at full depth',
      'One thread each, the twin of the same shape. Dot: median; bar: its 95 % confidence interval.',
      peers(all),
    );
  }
  if (rest.growth) {
    const caption = 'Models of random weights: 32 tokens, d = 256, f = 2 d, L = 6 but for what grows.';
    section(main, 'How time grows', caption, growth(rest.growth));
  }
  main.append(exitTable());

  function latency(): Element {
    return chart({
      x: { label: 'exit', type: 'point', padding: 0.5 },
      y: { label: 'time from text to answer, µs', zero: true, grid: true },
      marks: [
        Plot.ruleY([0]),
        Plot.line(exits, { x: 'exit', y: 'p50', stroke: 'var(--accent)', strokeOpacity: 0.4 }),
        Plot.ruleX(exits, { x: 'exit', y1: 'low', y2: 'high', stroke: 'var(--accent)', strokeWidth: 6 }),
        Plot.dot(exits, {
          x: 'exit',
          y: 'p50',
          fill: 'currentColor',
          r: 4,
          title: (d) => `${d.p50.toFixed(1)} µs`,
        }),
        Plot.dot(exits, { x: 'exit', y: 'p95', symbol: 'times', stroke: 'currentColor', r: 4 }),
        Plot.text(exits, { x: 'exit', y: 'p50', text: (d) => d.p50.toFixed(0), dx: 12, textAnchor: 'start' }),
      ],
    });
  }

  function shares(): Element {
    return chart({
      height: 260,
      marginTop: 44,
      x: { label: 'exit', type: 'band' },
      y: { label: 'share of the texts, %', domain: [0, 100], grid: true },
      marks: [
        Plot.barY(exits, { x: 'exit', y: (d) => 100 * d.share, fill: 'var(--accent)' }),
        Plot.text(exits, {
          x: 'exit',
          y: (d) => 100 * d.share,
          text: (d) => `${(100 * d.share).toFixed(1)} %`,
          dy: -8,
        }),
        Plot.ruleY([0]),
      ],
    });
  }

  function exitTable(): Element {
    return table(
      ['exit', 'p50 µs', '95 % interval', 'p95 µs', 'share', 'accuracy', 'operations'],
      exits.map(({ exit, p50, p95, low, high, share, score, operations }) => [
        String(exit),
        p50.toFixed(1),
        `${low.toFixed(1)} – ${high.toFixed(1)}`,
        p95.toFixed(1),
        percent(share),
        percent(score),
        Math.round(operations.total).toLocaleString('en-US'),
      ]),
    );
  }
}

function accuracy(policies: NonNullable<BenchReport['data']>['policies']): Element {
  const points = policies.map((policy) => ({ ...policy, percent: 100 * policy.score }));
  const rules = points.filter(({ kind }) => kind !== 'operating point');
  const chosen = points.filter(({ kind }) => kind === 'operating point');
  // Operating points that stop alike lie on each other: one label names them all.
  const same = (a: (typeof points)[number], b: typeof a) => a.depth === b.depth && a.score === b.score;
  const labels = chosen
    .filter((point) => chosen.find((other) => same(point, other)) === point)
    .map((point) => {
      const names = chosen.filter((other) => same(point, other)).map(({ policy }) => policy);
      return { ...point, names: names.join(', ') };
    });
  return chart({
    height: 420,
    marginRight: 90,
    color: { legend: true, scheme: 'Observable10' },
    x: { label: 'mean time of a text, µs', grid: true, nice: true },
    y: { label: 'accuracy, %', grid: true, nice: true },
    marks: [
      Plot.line(rules, { x: 'mean', y: 'percent', stroke: 'kind', sort: 'mean', strokeOpacity: 0.6 }),
      Plot.dot(rules, { x: 'mean', y: 'percent', stroke: 'kind', title: 'policy', r: 3 }),
      Plot.dot(chosen, { x: 'mean', y: 'percent', symbol: 'diamond', fill: 'currentColor', r: 6 }),
      Plot.text(labels, {
        x: 'mean',
        y: 'percent',
        text: 'names',
        dx: 10,
        textAnchor: 'start',
        fontWeight: 'bold',
      }),
    ],
  });
}

function parts(profile: NonNullable<BenchReport['profile']>): Element {
  return chart({
    height: 300,
    marginLeft: 130,
    marginRight: 60,
    x: { label: 'share of the time, %', grid: true },
    y: { label: null },
    marks: [
      Plot.barX(profile, { x: (d) => 100 * d.share, y: 'part', fill: 'var(--accent)', sort: { y: '-x' } }),
      Plot.text(profile, {
        x: (d) => 100 * d.share,
        y: 'part',
        text: (d) => `${(100 * d.share).toFixed(1)} %`,
        dx: 4,
        textAnchor: 'start',
      }),
      Plot.ruleX([0]),
    ],
  });
}

function peers(all: (Times & { name: string; ratio: number })[]): Element {
  return chart({
    height: 60 + 40 * all.length,
    marginLeft: 220,
    marginRight: 80,
    x: {
      label: 'time of one text, µs (logarithmic)',
      type: 'log',
      grid: true,
      domain: domainOf(all),
      clamp: true,
    },
    y: { label: null, domain: all.map(({ name }) => name), type: 'band' },
    marks: [
      Plot.ruleY(all, { x1: 'low', x2: 'high', y: 'name', stroke: 'var(--accent)', strokeWidth: 6 }),
      Plot.dot(all, { x: 'p50', y: 'name', fill: 'currentColor', r: 5 }),
      Plot.text(all, {
        x: 'high',
        y: 'name',
        text: (d) => `${d.ratio.toFixed(1)} x`,
        dx: 8,
        textAnchor: 'start',
      }),
    ],
  });
}

/** From a power of ten below all times to a little above them. */
function domainOf(all: Times[]): [number, number] {
  const least = Math.min(...all.map(({ p50 }) => p50));
  return [10 ** Math.floor(Math.log10(least) - 0.01), 1.5 * Math.max(...all.map(({ high }) => high))];
}

function growth(points: NonNullable<BenchReport['growth']>): Element {
  return beside([...new Set(points.map((point) => point.axis))], 300, (axis, width) => {
    const some = points.filter((point) => point.axis === axis);
    return chart({
      width,
      height: 280,
      marginLeft: 56,
      x: {
        label: axis === 'tokens' ? 'tokens n' : axis === 'd' ? 'width d' : 'depth L',
        type: 'log',
        ticks: some.map(({ value }) => value),
        tickFormat: 'd',
      },
      y: { label: 'time of one text, µs', type: 'log', grid: true, tickFormat: '~s' },
      marks: [
        Plot.line(some, { x: 'value', y: 'p50', stroke: 'var(--accent)', strokeWidth: 2 }),
        Plot.ruleX(some, { x: 'value', y1: 'low', y2: 'high', stroke: 'var(--accent)', strokeWidth: 5 }),
        Plot.dot(some, { x: 'value', y: 'p50', fill: 'currentColor', r: 3 }),
      ],
    });
  });
}

/**
 * The page of `beex bench --html`: draws the report that lies in it as JSON. Bundled into one script by
 * `npm run build:charts`; charts are SVG in the page's own colours, so they follow dark mode and print.
 */
import * as Plot from '@observablehq/plot';
import { STYLE } from './style.ts';

interface Times {
  p50: number;
  p95: number;
  low: number;
  high: number;
}

/** What the page reads of a report; cli/bench-measure.ts makes it. */
interface Report {
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
    policies: (Times & { policy: string; kind: string; mean: number; score: number })[];
  };
  ours?: Times;
  peers?: (Times & { name: string; ratio: number })[];
  profile?: { part: string; share: number; time: number }[];
  growth?: (Times & { axis: string; value: number })[];
}

const WIDTH = 680;
const STYLE_OF_CHART = { background: 'transparent', color: 'currentColor', fontSize: '13px' };
const report: Report = JSON.parse(document.getElementById('data')!.textContent!);
const main = document.getElementById('report')!;

document.head.append(element('style', STYLE));
draw(report);

function draw({ model, machine, host, build, kernel, tokens, data, exits, ...rest }: Report): void {
  main.append(element('h1', `How long ${model} takes`));
  const inputs = data
    ? `${data.name}: ${data.texts} texts, ${tokens.toFixed(1)} tokens on average; policy ${data.policy}`
    : `one text of ${tokens} tokens`;
  main.append(element('p', `${inputs}. Build ${build}, kernel ${kernel}. ${host}; ${machine}.`));
  section(
    'Latency of each exit',
    'Dot: median; bar: its 95 % confidence interval; cross: 95th percentile.',
    latency(),
  );
  if (data) {
    section(
      'Accuracy against latency',
      'Every rule to stop by, at every threshold tried; the diamonds are the operating points in the file.',
      accuracy(data.policies),
    );
    section(`Where texts leave by the policy ${data.policy}`, '', shares());
  }
  if (rest.profile)
    section('Where the time goes', 'Parts of all blocks and exits of one text.', parts(rest.profile));
  if (rest.peers && rest.ours) {
    const all = [{ ...rest.ours, name: 'ours', ratio: 1 }, ...rest.peers];
    section(
      'Beside others, at full depth',
      'One thread each, the twin of the same shape. Dot: median; bar: its 95 % confidence interval.',
      peers(all),
    );
  }
  if (rest.growth) {
    const caption = 'Models of random weights: 32 tokens, d = 256, f = 2 d, L = 6 but for what grows.';
    section('How time grows', caption, growth(rest.growth));
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
    const table = element('table');
    const heads = ['exit', 'p50 µs', '95 % interval', 'p95 µs', 'share', 'accuracy', 'operations'];
    const row = (cells: string[], tag: 'th' | 'td') => {
      const line = element('tr');
      line.append(...cells.map((cell) => element(tag, cell)));
      return line;
    };
    const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
    table.append(
      row(heads, 'th'),
      ...exits.map(({ exit, p50, p95, low, high, share, score, operations }) =>
        row(
          [
            String(exit),
            p50.toFixed(1),
            `${low.toFixed(1)} – ${high.toFixed(1)}`,
            p95.toFixed(1),
            percent(share),
            percent(score),
            Math.round(operations.total).toLocaleString('en-US'),
          ],
          'td',
        ),
      ),
    );
    return table;
  }
}

function accuracy(policies: NonNullable<Report['data']>['policies']): Element {
  const points = policies.map((policy) => ({ ...policy, percent: 100 * policy.score }));
  const rules = points.filter(({ kind }) => kind !== 'operating point');
  const chosen = points.filter(({ kind }) => kind === 'operating point');
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
      Plot.text(chosen, {
        x: 'mean',
        y: 'percent',
        text: 'policy',
        dx: 10,
        textAnchor: 'start',
        fontWeight: 'bold',
      }),
    ],
  });
}

function parts(profile: NonNullable<Report['profile']>): Element {
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

function growth(points: NonNullable<Report['growth']>): Element {
  const box = element('div');
  box.className = 'beside';
  for (const axis of new Set(points.map((point) => point.axis))) {
    const some = points.filter((point) => point.axis === axis);
    box.append(
      chart({
        width: 330,
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
      }),
    );
  }
  return box;
}

function chart(options: Plot.PlotOptions): Element {
  return Plot.plot({ width: WIDTH, marginLeft: 56, marginBottom: 44, style: STYLE_OF_CHART, ...options });
}

function section(title: string, caption: string, figure: Element): void {
  const box = element('section');
  box.append(element('h2', title), element('p', caption), figure);
  main.append(box);
}

function element(tag: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

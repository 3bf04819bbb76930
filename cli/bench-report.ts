/** A bench report as text, CSV, JSON, and a page. */
import { chartPage } from '../host/bench/charts/html.ts';
import type { Report } from './bench-measure.ts';
import { bar, colors, count, digits, percent, table } from './output.ts';

export function textForm(report: Report): string {
  return [head(report), exitTable(report), ...sections(report)].join('\n\n');
}

function head({ model, tokens, build, kernel, host, machine, data, clockResolution, runs }: Report): string {
  const what = data
    ? `${data.name}: ${count(data.texts)} texts of ${digits(tokens)} tokens on average, policy ${data.policy}`
    : `${tokens} tokens`;
  const clock = `the clock shows ${digits(1000 * clockResolution)} ns`;
  return [
    `${colors.bold(model)}, ${what}, build ${build}, kernel ${kernel}`,
    colors.dim(`${host}; ${machine}; ${count(runs)} runs after warm-up; ${clock}`),
  ].join('\n');
}

function exitTable({ begin, exits, data }: Report): string {
  const last = exits.at(-1)!;
  const rows = exits.map(({ exit, p50, p95, low, high, step, share, score, operations }) => [
    `exit ${exit}`,
    digits(p50),
    `${digits(low)} - ${digits(high)}`,
    digits(p95),
    ...(data ? [percent(share!), score === null ? '-' : percent(score)] : [digits(step!.p50)]),
    count(operations.float),
    count(operations.binary),
    count(operations.total),
    colors.cyan(bar(p50 / last.p50)),
  ]);
  const columns = data ? ['share', 'accuracy'] : ['step µs'];
  const empty = columns.map(() => '');
  const beginRow = ['begin', digits(begin.p50), '', digits(begin.p95), ...empty, '', '', '', ''];
  const names = ['', 'p50 µs', '95 %', 'p95 µs', ...columns, 'float', 'binary', 'float + binary / 64', ''];
  return [
    table(names, [beginRow, ...rows], [0, names.length - 1]),
    '',
    'p50, p95: from handing over the text until that exit has answered; 95 %: confidence of the median.',
    data
      ? 'share, accuracy: of the texts that leave there by the policy.'
      : 'step: its block alone (p50). begin: tokenizing and embedding.',
    'float, binary: operations until then, counted, not measured.',
  ].join('\n');
}

function sections(report: Report): string[] {
  const { data, peers, ours, cold, pool, profile, growth } = report;
  const made: string[] = [];
  if (data) {
    const rows = data.policies.map(({ policy, p50, mean, score, operations, depth }) => [
      policy,
      digits(p50),
      digits(mean),
      percent(score),
      digits(depth),
      count(operations),
      // The twin has no exits: every text takes what one of mean length does.
      ...(peers ? [digits(peers[0].p50 / mean)] : []),
    ]);
    const names = ['policy', 'p50 µs', 'mean µs', 'accuracy', 'exit', 'operations'];
    made.push(table([...names, ...(peers ? [`times: ${peers[0].name}`] : [])], rows));
  }
  if (profile) {
    const rows = profile.map(({ part, share, time }) => [part, percent(share), digits(time)]);
    made.push(table(['part of all blocks', 'share', 'µs'], rows));
  }
  if (peers && ours) {
    const rows = peers.map(({ name, p50, low, high, ratio }) => [
      name,
      digits(p50),
      `${digits(low)} - ${digits(high)}`,
      digits(ratio),
    ]);
    const own = ['ours', digits(ours.p50), `${digits(ours.low)} - ${digits(ours.high)}`, '1'];
    made.push(table(['full depth', 'p50 µs', '95 %', 'times ours'], [own, ...rows]));
  }
  if (cold) {
    const ms = ({ p50, low, high }: typeof cold.ours) => [digits(p50), `${digits(low)} - ${digits(high)}`];
    const rows = [
      ['ours', ...ms(cold.ours), '1'],
      ['onnxruntime-web float32', ...ms(cold.onnxruntime), digits(cold.ratio)],
    ];
    made.push(table(['from bytes to the first answer', 'p50 ms', '95 %', 'times ours'], rows));
  }
  if (pool) {
    const rows = pool.map(({ workers, time, gain }) => [workers, digits(time.p50), digits(gain)]);
    made.push(table(['workers', 'µs a text', 'times one'], rows));
  }
  if (growth) {
    const rows = growth.map(({ axis, value, p50, low, high }) => [
      `${axis} ${value}`,
      digits(p50),
      `${digits(low)} - ${digits(high)}`,
    ]);
    made.push(table(['growing', 'p50 µs', '95 %'], rows));
  }
  return made;
}

/** One row a figure: section, name, quantity, value; times in microseconds, of cold starts in milliseconds. */
export function csv(report: Report): string {
  const rows: (string | number | null)[][] = [['section', 'name', 'quantity', 'value']];
  const add = (section: string, name: string | number, figures: Record<string, number | null>) => {
    for (const [quantity, value] of Object.entries(figures)) rows.push([section, name, quantity, value]);
  };
  for (const { exit, p50, p95, low, high, share, score, operations } of report.exits) {
    add('exit', exit, { p50, p95, low, high, share, score, ...operations });
  }
  for (const { policy, p50, p95, low, high, mean, score, operations, depth } of report.data?.policies ?? []) {
    add('policy', policy, { p50, p95, low, high, mean, score, operations, depth });
  }
  if (report.ours) add('peer', 'ours', { ...pick(report.ours), ratio: 1 });
  for (const peer of report.peers ?? []) add('peer', peer.name, { ...pick(peer), ratio: peer.ratio });
  if (report.cold) {
    add('cold', 'ours', { ...pick(report.cold.ours), ratio: 1 });
    add('cold', 'onnxruntime-web float32', { ...pick(report.cold.onnxruntime), ratio: report.cold.ratio });
  }
  for (const { workers, time, gain } of report.pool ?? []) add('pool', workers, { ...pick(time), gain });
  for (const { part, share, time } of report.profile ?? []) add('profile', part, { share, time });
  for (const point of report.growth ?? []) add('growth', `${point.axis} ${point.value}`, pick(point));
  return rows.map((row) => row.map(field).join(',')).join('\n');
}

function pick({ p50, p95, low, high }: { p50: number; p95: number; low: number; high: number }) {
  return { p50, p95, low, high };
}

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One self-contained page: the report, and the script that draws it with Observable Plot. */
export function htmlPage(report: Report): Promise<string> {
  return chartPage({ page: 'bench', title: 'beex bench', report });
}

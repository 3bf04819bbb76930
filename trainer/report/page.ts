/** The page of `beex report`: what a run learned, how, and what its exits can be trusted with. */
import { element, percent, section, table } from '../../host/bench/charts/draw.ts';
import type { MetricName } from '../data/record.ts';
import { isFloat } from '../settings.ts';
import { entropyCurves, lossChart, scoreChart, trainingChart } from './curves.ts';
import { entropyHistograms, reliabilityCharts, rightAndWrong, shareChart } from './exit-charts.ts';
import type { ExitsFile } from './exits.ts';
import type { TrainingReport } from './report.ts';

/** 1 standard error of a share near 0.8, in points, where texts are few enough to matter. */
function standardError(texts: number, score: number): string {
  return (100 * Math.sqrt((score * (1 - score)) / texts)).toFixed(1);
}

function nameOf(metric: MetricName): string {
  return metric === 'matthews' ? 'Matthews correlation' : 'accuracy';
}

/** A correlation stays one; shares become percent. */
function shown(score: number, metric: MetricName): string {
  return metric === 'matthews' ? score.toFixed(3) : percent(score);
}

const whole = (value: number): string => value.toLocaleString('en-US');

export function drawTraining(main: HTMLElement, report: TrainingReport): void {
  const { run, metrics, exits } = report;
  const { blocks } = run.shape;
  const classes = run.labels.length;
  main.append(element('h1', `Training of ${run.name}`), lead(report));
  if (exits) main.append(figures(exits, run.metric));

  if (metrics.length > 0) {
    section(
      main,
      'Loss',
      'Lines: cross-entropy of each exit on the held-out texts. Dashed: training loss, a running mean over ' +
        'all exits as the recipe weighs them, dropout and label smoothing included. Upright: a stage begins.',
      lossChart(metrics, blocks),
    );
    const isShare = run.metric !== 'matthews';
    const last = metrics.findLast(({ calibration }) => calibration)?.calibration?.at(-1);
    const chance =
      isShare && last !== undefined
        ? ` One standard error is about ${standardError(run.counts.calibration, last)} points.`
        : '';
    section(
      main,
      'Score on the held-out texts',
      `By the trainer's own forward pass, ${whole(run.counts.calibration)} texts.${chance}`,
      scoreChart(metrics, blocks, `${nameOf(run.metric)}${isShare ? ', %' : ''}`, isShare ? 100 : 1),
    );
    section(
      main,
      'Score on the texts it learns from',
      'Running mean, dropout on. Where this rises and the held-out score does not, texts are learned by heart.',
      trainingChart(metrics, blocks),
    );
    section(
      main,
      'How sure the exits became',
      'Entropy on the held-out texts. Line: half of the texts lie below. Band: from a tenth to nine tenths.',
      entropyCurves(metrics, blocks, classes),
    );
  }
  if (exits) drawExits(main, exits, run.metric, classes);
  drawFacts(main, report);
}

function lead({ run, exits }: TrainingReport): HTMLElement {
  const { shape, counts, labels, recipe, pair } = run;
  const what = recipe.twin
    ? 'The float32 twin'
    : recipe.recurrent
      ? 'A recurrent teacher'
      : 'One bit a weight';
  const state = exits || isFloat(recipe) ? '' : ' The run has not come to its end yet.';
  return element(
    'p',
    `${what}: ${shape.blocks} blocks, ${shape.hidden} wide. ${pair ? 'Pairs of texts' : 'Texts'} in ${labels.length} ` +
      `classes (${labels.join(', ')}); ${whole(counts.train)} to learn from, ${whole(counts.calibration)} held out.${state}`,
  );
}

/** The few numbers that one opens the page for. */
function figures({ policies, bytes, texts }: ExitsFile, metric: MetricName): HTMLElement {
  const chosen = policies.find(({ name }) => name === 'balanced') ?? policies[0];
  const full = policies[0];
  const box = element('dl');
  box.className = 'figures';
  const add = (value: string, what: string) => {
    const item = element('div');
    item.append(element('dt', what), element('dd', value));
    box.append(item);
  };
  add(shown(chosen.score, metric), `${nameOf(metric)} at ${chosen.name}, ${whole(texts)} held-out texts`);
  add(shown(full.score, metric), 'at full depth');
  add(percent(chosen.reduction), 'fewer operations than at full depth');
  add(`${whole(Math.round(bytes / 1024))} KiB`, 'model file, all in');
  return box;
}

function drawExits(
  main: HTMLElement,
  { exits, policies }: ExitsFile,
  metric: MetricName,
  classes: number,
): void {
  section(
    main,
    'Where texts leave',
    'Held-out texts, by the packed model. Thresholds were chosen on these same texts, so their scores flatter a little.',
    shareChart(policies),
    table(
      ['policy', nameOf(metric), '95 % interval of accuracy', 'mean exit', 'operations saved'],
      policies.map(({ name, score, interval, meanDepth, reduction }) => [
        name,
        shown(score, metric),
        `${(100 * interval.low).toFixed(1)} – ${(100 * interval.high).toFixed(1)} %`,
        meanDepth.toFixed(2),
        percent(reduction),
      ]),
    ),
  );
  section(
    main,
    'Entropy after each exit',
    'Held-out texts, stacked. Policies stop where entropy is low: what is labelled wrongly should lie to the right.',
    rightAndWrong(),
    entropyHistograms(exits, classes),
  );
  section(
    main,
    'Can probabilities be believed?',
    'Each dot: texts labelled with about this probability, its size by how many; bar: 95 % interval of the share that is right. On the dashed line they agree. ECE: expected calibration error, ten bins.',
    reliabilityCharts(exits, classes),
  );
}

/** learningRate: learning rate */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function drawFacts(main: HTMLElement, { run, changed }: TrainingReport): void {
  const { shape, recipe, counts, vocabulary, rowWidth, init } = run;
  const data = [
    ['texts learned from', whole(counts.train)],
    ['texts held out', whole(counts.calibration)],
    ...(counts.warmStart > 0 ? [['texts of the warm start', whole(counts.warmStart)]] : []),
    ['tokens of the vocabulary', whole(vocabulary)],
    ['width of rows at the start', String(rowWidth)],
    ...Object.entries(shape).map(([name, value]) => [name, String(value)]),
    ...(init ? [[`started from a ${init.kind}`, init.taken.join(', ')]] : []),
    ...(run.backend ? [['computed on', run.backend]] : []),
  ];
  section(main, 'Data and shape', '', table([], data));
  const settings = Object.entries(recipe).map(([name, value]) => [
    inWords(name),
    typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value),
    changed.includes(name) ? 'chosen' : '',
  ]);
  section(main, 'Recipe', 'Chosen: not the default.', table([], settings));
}

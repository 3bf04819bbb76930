/**
 * A model on many texts: how long each exit takes over all of them, and what every rule to stop by gives -
 * latency, accuracy, operations. Every time is measured on the run itself, with the core's own exit loop.
 */
import type { Classifier } from '../classifier.ts';
import type { Input } from '../core.ts';
import { type Policy, resolvePolicy } from '../policy.ts';
import { stepThrough, warmUpOn } from './exit-times.ts';
import { type Operations, operations } from './operations.ts';
import { type Summary, summarize } from './statistics.ts';

export interface Labelled {
  input: Input;
  /** The label's number, from 0. */
  label: number;
}

/** In microseconds, over the texts; each text counts with the median of its runs. */
export interface ExitOverTexts extends Summary {
  /** Counted from 1. */
  exit: number;
  /** Share of the texts that leave here by the policy. */
  share: number;
  /** Accuracy on the texts that leave here; null where none does. */
  score: number | null;
  /** Accuracy had every text left here. */
  scoreOfAll: number;
  /** Mean of a text, from the embedding on. */
  operations: Operations;
}

export interface PolicyOverTexts extends Summary {
  policy: string;
  /** The rule's family: texts with the same are one line of a chart. */
  kind: string;
  mean: number;
  score: number;
  /** Mean of a text. */
  operations: number;
  depth: number;
}

export interface TextsTiming {
  texts: number;
  tokens: number;
  exits: ExitOverTexts[];
  policies: PolicyOverTexts[];
}

/** A rule under the name that charts show. */
export interface NamedPolicy {
  name: string;
  kind: string;
  policy: Policy;
}

/** The model's operating points, and every rule at thresholds from one end to the other. */
export function policiesOf({ info }: Classifier): NamedPolicy[] {
  const { blocks, classes } = info.dimensions;
  const deeper = Array.from({ length: blocks - 1 }, (_, i) => i + 1);
  const tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
  const confidences = tenths.map(
    (share) => Math.round(1000 * (1 / classes + share * (1 - 1 / classes))) / 1000,
  );
  return [
    ...info.policies.map(({ name }) => ({ name, kind: 'operating point', policy: name })),
    ...deeper.map((depth) => named('fixed', depth, { kind: 'fixed', depth })),
    { name: 'full', kind: 'fixed', policy: 'full' },
    ...deeper.map((patience) => named('patience', patience, { kind: 'patience', patience })),
    ...tenths.map((thresholds) =>
      named('entropy-fraction', thresholds, { kind: 'entropy-fraction', thresholds }),
    ),
    ...confidences.map((thresholds) => named('confidence', thresholds, { kind: 'confidence', thresholds })),
  ];
}

function named(kind: string, number: number, policy: Policy): NamedPolicy {
  return { name: `${kind}:${number}`, kind, policy };
}

/** @param rounds runs of each text with each rule; their median counts */
export function measureTexts(
  model: Classifier,
  texts: readonly Labelled[],
  policy: Policy,
  rounds = 3,
  now: () => number = () => performance.now(),
): TextsTiming {
  if (texts.length === 0) throw new RangeError('there are no texts to measure with');
  const { core, info } = model;
  const { blocks } = info.dimensions;
  const rules = [{ name: 'chosen', kind: 'chosen', policy }, ...policiesOf(model)].map((each) => ({
    ...each,
    rule: resolvePolicy(each.policy, info.policies, blocks),
    times: [] as number[],
    right: 0,
    exits: [] as number[],
    operations: 0,
  }));
  const exitTimes = Array.from({ length: blocks }, (): number[] => []);
  const exitRight = new Array<number>(blocks).fill(0);
  const exitOperations = exitTimes.map((): Operations => ({ float: 0, binary: 0, total: 0 }));
  const rightWhenTaken: boolean[] = [];
  let tokens = 0;
  warmUpOn(
    core,
    texts.map(({ input }) => input),
  );
  for (const { input, label } of texts) {
    const runs = Array.from({ length: rounds }, () => stepThrough(core, input, now));
    runs[0].labels.forEach((given, i) => {
      exitRight[i] += Number(given === label);
      exitTimes[i].push(median(runs.map(({ marks }) => marks[i])));
    });
    const ofText = operations(info.dimensions, runs[0].tokens);
    ofText.forEach(({ float, binary, total }, i) => {
      exitOperations[i].float += float / texts.length;
      exitOperations[i].binary += binary / texts.length;
      exitOperations[i].total += total / texts.length;
    });
    tokens += runs[0].tokens;
    for (const rule of rules) {
      core.setPolicy(rule.rule);
      const times = Array.from({ length: rounds }, () => {
        const start = now();
        core.begin(input);
        core.run();
        return now() - start;
      });
      rule.times.push(median(times));
      rule.right += Number(core.label() === label);
      rule.exits.push(core.exits());
      rule.operations += ofText[core.exits() - 1].total;
      if (rule.kind === 'chosen') rightWhenTaken.push(core.label() === label);
    }
  }
  const [chosen, ...others] = rules;
  return {
    texts: texts.length,
    tokens: tokens / texts.length,
    exits: exitTimes.map((times, i) => {
      const leaving = rightWhenTaken.filter((_, text) => chosen.exits[text] === i + 1);
      return {
        exit: i + 1,
        ...microseconds(summarize(times)),
        share: leaving.length / texts.length,
        score: leaving.length > 0 ? leaving.filter(Boolean).length / leaving.length : null,
        scoreOfAll: exitRight[i] / texts.length,
        operations: exitOperations[i],
      };
    }),
    policies: others.map(({ name, kind, times, right, exits, operations: total }) => ({
      policy: name,
      kind,
      ...microseconds(summarize(times)),
      mean: round((1000 * sum(times)) / texts.length),
      score: right / texts.length,
      operations: total / texts.length,
      depth: sum(exits) / texts.length,
    })),
  };
}

function median(values: number[]): number {
  return summarize(values).p50;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function microseconds({ p50, p95, low, high }: Summary): Summary {
  return { p50: round(1000 * p50), p95: round(1000 * p95), low: round(1000 * low), high: round(1000 * high) };
}

/** To nanoseconds. */
function round(value: number): number {
  return Math.round(1000 * value) / 1000;
}

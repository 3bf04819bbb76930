/** Options that several commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { BUILDS, type Build, POLICY_KINDS, type Policy, type PolicyRule } from '../host/node/index.ts';
import { UsageError } from './errors.ts';

export interface ModelOptions {
  model: string;
  build?: Build;
  json?: boolean;
}

/** --model, --build and --json. */
export function addModelOptions(command: Command): Command {
  return command
    .option('-m, --model <name|file>', 'a model of the package, or a model file', 'sst2')
    .addOption(new Option('--build <build>', 'the core to run; the best one unless given').choices(BUILDS))
    .option('--json', 'print JSON');
}

/** --policy, which gives `undefined`, a name, or a rule. */
export function addPolicyOption(command: Command): Command {
  return command.option(
    '-p, --policy <policy>',
    'when to stop: an operating point of the model, full, or a rule such as fixed:2, patience:1,\n' +
      "entropy-fraction:0.5 or confidence:0.9,0.9,0.8,0.8; the model's first unless given",
    parsePolicy,
  );
}

/** A name as it is; `kind:numbers` as a rule. */
export function parsePolicy(text: string): Policy {
  const colon = text.indexOf(':');
  if (colon < 0) return text;
  const kind = text.slice(0, colon) as PolicyRule['kind'];
  const numbers = text
    .slice(colon + 1)
    .split(',')
    .map((number) => (number.trim() === '' ? Number.NaN : Number(number)));
  if (!POLICY_KINDS.includes(kind)) {
    throw new InvalidArgumentError(`There is no rule "${kind}": rules are ${POLICY_KINDS.join(', ')}.`);
  }
  if (numbers.some(Number.isNaN))
    throw new InvalidArgumentError(`"${text.slice(colon + 1)}" is not a list of numbers.`);
  const [first] = numbers;
  switch (kind) {
    case 'full':
      throw new InvalidArgumentError('full takes no number.');
    case 'fixed':
      return { kind, depth: first };
    case 'patience':
      return { kind, patience: first };
    default:
      return { kind, thresholds: numbers.length === 1 ? first : numbers };
  }
}

/** A parser of whole numbers from `least` on, for options. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** Texts two by two. */
export function inPairs(texts: readonly string[]): [string, string][] {
  if (texts.length % 2 !== 0) throw new UsageError(`--pair takes texts two by two, and got ${texts.length}`);
  return Array.from({ length: texts.length / 2 }, (_, i) => [texts[2 * i], texts[2 * i + 1]]);
}

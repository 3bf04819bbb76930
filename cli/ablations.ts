/**
 * `npm run ablations`: what each part of the model and of its training is worth, and what each rule for
 * leaving early is worth at the same operations. docs/experiments.md has what it gave.
 */
import { Command, Option } from 'commander';
import { load } from '../host/node/index.ts';
import { ablationData } from '../trainer/ablations/data.ts';
import { comparePolicies, type PolicyScores } from '../trainer/ablations/policies.ts';
import { trainVariant } from '../trainer/ablations/train.ts';
import { VARIANTS, type Variant } from '../trainer/ablations/variants.ts';
import { chooseBackend } from '../trainer/backend/index.ts';
import type { Dataset } from '../trainer/data/record.ts';
import { loadTask } from '../trainer/data/tasks.ts';
import { loadVectors } from '../trainer/data/vectors.ts';
import { heldOutMetrics } from '../trainer/report/metrics.ts';
import { PRESETS, type Shape } from '../trainer/settings.ts';
import { policiesText, variantsText } from './ablations-text.ts';
import { report } from './errors.ts';
import { shownScore } from './eval-table.ts';
import { readLabelled } from './labelled-data.ts';
import { wholeNumber } from './options.ts';
import { count, note, print, printJson } from './output.ts';

export interface VariantScores {
  seed: number;
  /** On the held-out texts, metric of each exit. [L] */
  scores: number[];
  /** On them, mean cross-entropy of each exit, nats. [L] */
  losses: number[];
}

export interface VariantResult {
  name: string;
  what: string;
  /** One a seed, the same seeds for all. */
  runs: VariantScores[];
}

export interface PoliciesResult {
  model: string;
  texts: number;
  /** Of full depth's operations. */
  shares: number[];
  rules: PolicyScores[];
}

interface Options {
  data: string;
  task: string;
  vectors?: string;
  seeds: number;
  texts: number;
  vocabularySize: number;
  blocks: number;
  only?: string[];
  model: string;
  json?: boolean;
}

const POLICIES = 'policies';
/** Of full depth's operations, at which policies are compared. */
const SHARES = [0.4, 0.55, 0.7];
const NAMES = [...VARIANTS.map(({ name }) => name), POLICIES];

const HELP = `
${VARIANTS.map(({ name, what }) => `  ${name.padEnd(20)} ${what}`).join('\n')}
  ${POLICIES.padEnd(20)} each rule for leaving early, at the same operations

Variants learn a part of the task's training split, in one pass each, and are scored on the texts of that split
that every run holds out. Nothing is written. Policies are compared on a packed model and the task's dev split;
thresholds are set by operations alone.

With --json: {"task", "texts", "heldOut", "shape", "variants": [{"name", "what", "runs": [{"seed", "scores", "losses"}]}],
"policies": {"model", "texts", "shares", "rules": [{"kind", "scores"}]}}; scores and losses have one number an exit,
a rule's one a share.`;

const program = new Command('npm run ablations --')
  .description('train a model with one part done in another way at a time, and compare')
  .requiredOption('--data <folder>', "the task's folder as GLUE has it, or the root above")
  .option('--task <name>', 'a GLUE task', 'sst2')
  .option('--vectors <path>', "word vectors for the embedding's first rows (GloVe text, or a folder of .npy)")
  .option('--seeds <number>', 'runs of each variant', wholeNumber(1), 3)
  .option('--texts <number>', 'texts to learn from', wholeNumber(1), 20_000)
  .option('--vocabulary-size <number>', 'most tokens of the vocabulary', wholeNumber(64), 16_384)
  .option('--blocks <number>', 'of the shape, which is otherwise that of micro', wholeNumber(1), 4)
  .addOption(new Option('--only <name...>', 'some of those below; all unless given').choices(NAMES))
  .option('-m, --model <name|file>', 'what policies are compared on', 'sst2')
  .option('--json', 'print JSON')
  .addHelpText('after', HELP)
  .action(run);

async function run(options: Options): Promise<void> {
  const { only = NAMES, json = false } = options;
  const dataset = loadTask(options.task, options.data);
  const chosen = VARIANTS.filter(({ name }) => only.includes(name));
  const trained = chosen.length > 0 ? await compareVariants(dataset, chosen, options) : undefined;
  const policies = only.includes(POLICIES) ? await compareRules(options) : undefined;
  if (json) {
    await printJson({ task: dataset.name, ...trained, ...(policies ? { policies } : {}) });
    return;
  }
  if (trained) await print(variantsText(trained.variants));
  if (trained && policies) await print('');
  if (policies) await print(policiesText(policies));
}

async function compareVariants(dataset: Dataset, chosen: readonly Variant[], options: Options) {
  const backend = await chooseBackend('wasm');
  const shape: Shape = { ...PRESETS.micro, blocks: options.blocks, tokens: 64 };
  const { texts, vocabularySize } = options;
  const vectors = options.vectors === undefined ? undefined : await loadVectors(options.vectors);
  note('reading texts');
  const data = await ablationData(dataset, { texts, vocabularySize, vectors, tokens: shape.tokens });
  note(`${count(data.train.length)} texts to learn from, ${count(data.heldOut.length)} held out`);
  const variants: VariantResult[] = [];
  for (const variant of chosen) {
    const runs: VariantScores[] = [];
    for (let seed = 1; seed <= options.seeds; seed++) {
      const model = await trainVariant(backend, data, shape, variant, seed);
      const { calibration: scores, calibrationLoss: losses } = heldOutMetrics(
        model,
        data.heldOut,
        data.metric,
      );
      model.dispose();
      runs.push({ seed, scores, losses });
      const exits = scores.map((score) => shownScore(score, dataset.metric));
      note(`${variant.name}, seed ${seed}: ${exits.join(', ')}`);
    }
    variants.push({ name: variant.name, what: variant.what, runs });
  }
  return { texts: data.train.length, heldOut: data.heldOut.length, shape, variants };
}

async function compareRules({ task, data, model: name }: Options): Promise<PoliciesResult> {
  const model = await load(name);
  const { records, metric } = await readLabelled({ task, data }, 'dev', model.info.labels);
  note(`every rule on ${name}, ${count(records.length)} texts`);
  const rules = comparePolicies(model, { records, metric }, SHARES);
  model.dispose();
  return { model: name, texts: records.length, shares: SHARES, rules };
}

program.parseAsync().catch((error: unknown) => {
  process.exitCode = report(error);
});

/** beex pretext: a warm start made of bare texts; see trainer/pretext/. */
import { type Command, Option } from 'commander';
import { DataError } from '../trainer/data/record.ts';
import { writeSoftLabels } from '../trainer/data/soft-labels.ts';
import { findTask } from '../trainer/data/tasks.ts';
import { corpusTexts, sentences } from '../trainer/data/weak.ts';
import { PRETEXTS, type Pretext, type PretextLabels, pretextExamples } from '../trainer/pretext/index.ts';
import { wholeNumber } from './options.ts';
import { note, printJson } from './output.ts';

interface Options {
  kind: Pretext;
  task?: string;
  labels?: string[];
  texts: string[];
  column: string;
  most: number;
  seed: number;
  out: string;
  json?: boolean;
}

/** The label that an example has when nothing was broken, of the tasks that pretexts are for. */
const INTACT = ['acceptable', 'equivalent', 'duplicate', 'entailment'];

const EXAMPLES = `
Example:
  $ beex pretext acceptability --task cola --texts imdb --out pretext.tsv
  $ beex train --task cola --data glue --soft-labels pretext.tsv --out runs/cola

  acceptability   a sentence as it is, or with a word misplaced, missing or wrong
  paraphrase      a sentence and itself retold, or retold with words exchanged
  entailment      a passage and a part of it, or a part with words exchanged`;

export function register(program: Command): void {
  program
    .command('pretext')
    .description('make examples for a warm start of bare texts')
    .argument('<kind>', PRETEXTS.join(', '))
    .option('--task <name>', 'the GLUE task whose labels the examples get')
    .option('--labels <broken,intact>', 'the labels, for other tasks', (text) => text.split(','))
    .requiredOption('--texts <path...>', 'tables, or folders of them, with texts')
    .option('--column <name>', 'column of the text', 'text')
    .option('--most <number>', 'examples at most', wholeNumber(1), 250_000)
    .option('--seed <number>', 'fixes every choice', wholeNumber(0), 1)
    .requiredOption('-o, --out <file>', 'table of texts and class probabilities')
    .addOption(new Option('--json', 'print what was done as JSON'))
    .addHelpText('after', EXAMPLES)
    .action((kind: string, options: Omit<Options, 'kind'>) => run({ ...options, kind: pretextOf(kind) }));
}

async function run({ kind, texts, column, most, seed, out, json, ...options }: Options): Promise<void> {
  const named = labelsOf(options);
  const labels = [named.broken, named.intact];
  let examples = 0;
  function* records() {
    const documents = texts.flatMap((path) => [...corpusTexts(path, column)]).map(sentences);
    for (const record of pretextExamples(kind, documents, named, seed)) {
      if (examples === most) return;
      examples++;
      yield { ...record, shares: labels.map((label) => Number(label === record.label)) };
    }
  }
  await writeSoftLabels(out, labels, records(), kind !== 'acceptability');
  if (json) await printJson({ out, kind, examples, labels });
  else note(`wrote ${examples} examples to ${out}; next: beex train --soft-labels ${out}`);
}

function pretextOf(kind: string): Pretext {
  const found = PRETEXTS.find((each) => each === kind);
  if (!found) throw new DataError(`there is no pretext "${kind}": there are ${PRETEXTS.join(', ')}`);
  return found;
}

function labelsOf({ task, labels }: Pick<Options, 'task' | 'labels'>): PretextLabels {
  if (labels?.length === 2) return { broken: labels[0], intact: labels[1] };
  if (task === undefined)
    throw new DataError('give --task, or --labels with two names, the broken one first');
  const known = findTask(task).labels;
  const intact = known.find((label) => INTACT.includes(label));
  const broken = known.find((label) => label !== intact);
  if (known.length !== 2 || intact === undefined || broken === undefined) {
    throw new DataError(
      `${task}: its labels (${known.join(', ')}) are not those of a broken and an intact text`,
    );
  }
  return { broken, intact };
}

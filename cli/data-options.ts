/** Options that say where labelled texts are, shared by train and eval. */
import type { Command } from 'commander';
import type { Source } from '../trainer/sources.ts';

export interface DataOptions extends Source {}

export function addDataOptions(command: Command): Command {
  return command
    .option('--task <name>', 'a GLUE task: SST-2, CoLA, MRPC, RTE, WNLI, QNLI, QQP, MNLI')
    .option('--data <folder>', "the task's folder (train.tsv, dev.tsv), or GLUE's root")
    .option('--train <file>', 'own training texts: CSV, TSV or JSON lines')
    .option('--dev <file>', 'own texts to report on')
    .option('--text <column>', 'column of the text, by name, or by number where the file has no header')
    .option('--pair <column>', 'column of the second text, for pairs')
    .option('--label <column>', 'column of the label');
}

export function sourceOf(options: DataOptions): Source {
  const { task, data, train, dev, text, pair, label } = options;
  return { task, data, train, dev, text, pair, label };
}

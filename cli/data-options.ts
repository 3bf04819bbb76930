/** Options that say where labelled texts are, shared by train and eval. */
import type { Command } from 'commander';
import type { Source } from '../trainer/sources.ts';

export interface DataOptions extends Source {}

/** What help says of the user's own files; of a command that reads one only, only that one is there. */
export interface FileHelp {
  train?: string;
  dev: string;
}

const FILES: FileHelp = {
  train: 'own training texts: CSV, TSV, JSON lines or Parquet',
  dev: 'own texts to report on',
};

export function addDataOptions(command: Command, files: FileHelp = FILES): Command {
  command
    .option('--task <name>', 'a GLUE task: SST-2, CoLA, MRPC, RTE, WNLI, QNLI, QQP, MNLI')
    .option('--data <folder>', "the task's folder as GLUE or a model hub has it, or the root above");
  if (files.train !== undefined) command.option('--train <file>', files.train);
  return command
    .option('--dev <file>', files.dev)
    .option('--text <column>', 'column of the text, by name, or by number where the file has no header')
    .option('--pair <column>', 'column of the second text, for pairs')
    .option('--label <column>', 'column of the label');
}

export function sourceOf(options: DataOptions): Source {
  const { task, data, train, dev, text, pair, label } = options;
  return { task, data, train, dev, text, pair, label };
}

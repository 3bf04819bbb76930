/** beex pack: a run's last checkpoint as a model file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { loadTokenizer } from '../host/node/index.ts';
import { VOCABULARY_FILE, writeAtomically } from '../trainer/checkpoint.ts';
import { packRun } from '../trainer/pack-run.ts';
import { rareTokens } from '../trainer/rare-tokens.ts';
import { readRunFile } from '../trainer/run-file.ts';
import { loadTrainingData, type Source } from '../trainer/sources.ts';
import { wholeNumber } from './options.ts';
import { count, print, printJson } from './output.ts';

const EXAMPLES = `
Examples:
  $ beex pack runs/sst2 --out sst2.beex
  $ beex pack runs/sst2 --out sst2.beex --common-tokens 16384

beex train packs by itself at its end; pack is for a run that was stopped early, or for another name.
A run that has not come to its end has no calibrated policies yet: its model runs every block.

With --common-tokens a page answers before the whole embedding has arrived: the rows of so many tokens, the most
frequent of the run's training texts, which are read again, come before block 1, and those of the rest behind
exit 1. Answers are the same.`;

interface Options {
  out: string;
  commonTokens?: number;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('pack')
    .description("pack a run's last checkpoint to one bit a weight")
    .argument('<run>', "the run's folder")
    .requiredOption('-o, --out <file>', 'the model file to write')
    .option(
      '--common-tokens <number>',
      'tokens whose rows come before block 1; all, unless given',
      wholeNumber(1),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(pack);
}

async function pack(folder: string, { out, commonTokens, json }: Options): Promise<void> {
  const rare = commonTokens === undefined ? undefined : await rareTokensOf(folder, commonTokens);
  const bytes = packRun(folder, rare);
  writeAtomically(out, bytes);
  if (json) await printJson({ file: out, bytes: bytes.length });
  else await print(`${out}: ${count(bytes.length)} bytes`);
}

/** @throws CheckpointError, DataError when the run's texts are no longer where they were */
async function rareTokensOf(folder: string, common: number): Promise<Uint32Array> {
  const { data } = loadTrainingData(readRunFile(folder).source as Source);
  const tokenizer = await loadTokenizer(readFileSync(join(folder, VOCABULARY_FILE)));
  const rare = rareTokens(tokenizer, [...data.dataset.train, ...(data.warmStart ?? [])], common);
  tokenizer.dispose();
  return rare;
}

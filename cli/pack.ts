/** beex pack: a run's last checkpoint as a model file. */
import type { Command } from 'commander';
import { writeAtomically } from '../trainer/checkpoint.ts';
import { packRun } from '../trainer/pack-run.ts';
import { count, print, printJson } from './output.ts';

const EXAMPLES = `
Examples:
  $ beex pack runs/sst2 --out sst2.beex

beex train packs by itself at its end; pack is for a run that was stopped early, or for another name.
A run that has not come to its end has no calibrated policies yet: its model runs every block.`;

export function register(program: Command): void {
  program
    .command('pack')
    .description("pack a run's last checkpoint to one bit a weight")
    .argument('<run>', "the run's folder")
    .requiredOption('-o, --out <file>', 'the model file to write')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(pack);
}

async function pack(folder: string, { out, json }: { out: string; json?: boolean }): Promise<void> {
  const bytes = packRun(folder);
  writeAtomically(out, bytes);
  if (json) await printJson({ file: out, bytes: bytes.length });
  else await print(`${out}: ${count(bytes.length)} bytes`);
}

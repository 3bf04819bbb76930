/** beex report: a training run as a page of charts. */
import type { Command } from 'commander';
import { writeReport } from '../trainer/report/report.ts';
import { print } from './output.ts';

const EXAMPLES = `
Examples:
  $ beex report runs/sst2
  $ beex report runs/sst2 --out sst2.html

One file that needs nothing else: curves of every exit over the steps, entropy, exit shares by policy, how far
probabilities can be believed, recipe and data. beex train writes it at its end; while a run goes on, or when
it was stopped, report shows how far it is.`;

export function register(program: Command): void {
  program
    .command('report')
    .description('a page of charts on a training run')
    .argument('<run>', "the run's folder")
    .option('-o, --out <file>', 'the page to write; report.html in the folder unless given')
    .addHelpText('after', EXAMPLES)
    .action(report);
}

async function report(folder: string, { out }: { out?: string }): Promise<void> {
  await print(await writeReport(folder, out));
}

#!/usr/bin/env node
/** The command line. One verb a file; each registers itself here. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { register as bench } from './bench.ts';
import { register as calibrate } from './calibrate.ts';
import { register as classify } from './classify.ts';
import { register as download } from './download.ts';
import { report } from './errors.ts';
import { register as evaluate } from './eval.ts';
import { register as flash } from './flash.ts';
import { register as inspect } from './inspect.ts';
import { register as label } from './label.ts';
import { register as pack } from './pack.ts';
import { register as pretext } from './pretext.ts';
import { register as trainingReport } from './report.ts';
import { register as train } from './train.ts';

/** In the order in which help lists them. */
const VERBS = [
  download,
  train,
  trainingReport,
  label,
  pretext,
  pack,
  calibrate,
  evaluate,
  classify,
  bench,
  inspect,
  flash,
];

const { resolve } = createRequire(import.meta.url);
const { version, description } = JSON.parse(readFileSync(resolve('beexformer/package.json'), 'utf8'));

const program = new Command('beex')
  .description(description)
  .version(version)
  .exitOverride()
  .showHelpAfterError('See --help for how it is used.');
for (const register of VERBS) register(program);

// The reader of our output may leave early, as `head` does; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : report(error));
});

program.parseAsync().catch((error: unknown) => {
  process.exitCode = report(error);
});

/** The report of a training run: all that its folder says, as one self-contained page of charts. */
import { join } from 'node:path';
import { chartPage } from '../../host/bench/charts/html.ts';
import { writeAtomically } from '../checkpoint.ts';
import { type RunFile, readRunFile } from '../run-file.ts';
import { DEFAULT_RECIPE } from '../settings.ts';
import { type ExitsFile, readExits } from './exits.ts';
import { type MetricsLine, readMetrics } from './metrics.ts';

export const REPORT_FILE = 'report.html';

export interface TrainingReport {
  run: Omit<RunFile, 'source' | 'digest'>;
  /** Names of recipe fields that differ from their default. */
  changed: string[];
  metrics: MetricsLine[];
  /** Once the run has come to its end, and never for a twin. */
  exits: ExitsFile | undefined;
}

/** @throws CheckpointError for a folder that holds no run */
export function trainingReport(folder: string): TrainingReport {
  // Where the data lay is nobody's business who is sent the page.
  const { source: _source, digest: _digest, ...run } = readRunFile(folder);
  const changed = Object.entries(run.recipe)
    .filter(([name, value]) => value !== (DEFAULT_RECIPE as unknown as Record<string, unknown>)[name])
    .map(([name]) => name);
  return { run, changed, metrics: readMetrics(folder), exits: readExits(folder) };
}

/** Writes the page, into the run's folder unless told otherwise; gives its path. */
export async function writeReport(folder: string, path = join(folder, REPORT_FILE)): Promise<string> {
  const report = trainingReport(folder);
  writeAtomically(
    path,
    await chartPage({ page: 'training', title: `Training of ${report.run.name}`, report }),
  );
  return path;
}

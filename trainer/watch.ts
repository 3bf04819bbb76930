/** What a run does besides training, after a step. */

import type { Progress } from './checkpoint.ts';
import type { Example } from './data/batches.ts';
import type { Model } from './model.ts';
import { appendMetrics, heldOutMetrics } from './report/metrics.ts';
import type { RunFile } from './run-file.ts';
import type { StepReport } from './train-stage.ts';

export interface RunHooks {
  /** One line on what is being done. */
  onPhase?: (phase: string) => void;
  /** After each step, with the steps of the whole run. */
  onStep?: (report: StepReport, done: number, total: number) => void;
  /** Metric of each exit on the calibration part, now and then. [L] */
  onMetrics?: (stage: string, step: number, scores: number[]) => void;
  signal?: AbortSignal | undefined;
  /** Seconds between checkpoints. */
  checkpointEvery?: number;
}

const CHECKPOINT_SECONDS = 120;
/** Times a stage that the exits are scored on the calibration part, and that the loss is written down. */
const METRICS_PER_STAGE = 8;
const LOSSES_PER_STAGE = 40;

/** What happens after a step besides training: reports, scores now and then, checkpoints now and then. */
export function watch(
  model: Model,
  calibration: Example[],
  run: RunFile,
  folder: string,
  events: RunHooks,
  save: () => void,
  progress: Progress,
  before: number,
  total: number,
): (report: StepReport) => void {
  let lastSave = performance.now();
  const every = (events.checkpointEvery ?? CHECKPOINT_SECONDS) * 1000;
  return (report) => {
    progress.step = report.step;
    events.onStep?.(report, before + report.step, total);
    const { step, loss, accuracy, stage } = report;
    const isLook = isDue(report, total, METRICS_PER_STAGE);
    if (isLook || isDue(report, total, LOSSES_PER_STAGE)) {
      const heldOut = isLook ? heldOutMetrics(model, calibration, run.metric) : undefined;
      if (heldOut) events.onMetrics?.(stage.name, step, heldOut.calibration);
      appendMetrics(folder, { stage: stage.name, step, done: before + step, loss, accuracy, ...heldOut });
    }
    if (performance.now() - lastSave > every) {
      save();
      lastSave = performance.now();
    }
  };
}

/** So many times a stage and at its end; a stage that is a small part of the run gets fewer. */
function isDue({ step, steps }: StepReport, total: number, times: number): boolean {
  const span = Math.max(1, Math.floor(steps / times), Math.floor(total / (3 * times)));
  return step === steps || step % span === 0;
}

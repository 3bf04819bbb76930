/**
 * The script in every page of charts, bundled into build/charts.js by `npm run build:charts`: draws the
 * report that lies in the page as JSON.
 */
import { mount } from '../host/bench/charts/draw.ts';
import { type BenchReport, drawBench } from '../host/bench/charts/page.ts';
import { drawTraining } from '../trainer/report/page.ts';
import type { TrainingReport } from '../trainer/report/report.ts';

type Content = { page: 'bench'; report: BenchReport } | { page: 'training'; report: TrainingReport };

const content: Content = JSON.parse(document.getElementById('data')!.textContent!);
const main = document.getElementById('report')!;

mount(main, () => {
  if (content.page === 'bench') drawBench(main, content.report);
  else drawTraining(main, content.report);
});

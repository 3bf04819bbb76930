/** The button that measures this browser, and the table of what came out. */
import type { ModelSource } from '../browser/index.ts';
import type { BenchResult } from './bench-worker.ts';
import { byId, duration, element } from './text.ts';

/** @param wanted what to measure, at the moment of the click */
export function offerBench(wanted: () => { source: ModelSource; text: string } | undefined): void {
  const button = byId<HTMLButtonElement>('measure');
  const place = byId('timings');
  button.addEventListener('click', () => {
    const request = wanted();
    if (!request) return;
    button.disabled = true;
    place.replaceChildren(element('p', 'help', 'Measuring …'));
    const worker = new Worker(new URL('./bench-worker.js', import.meta.url), { type: 'module' });
    const done = (content: Node) => {
      worker.terminate();
      place.replaceChildren(content);
      button.disabled = false;
    };
    worker.onerror = () => done(element('p', 'problem', 'The measurement failed.'));
    worker.onmessage = ({ data }: MessageEvent<{ results: BenchResult[] } | { problem: string }>) => {
      done('results' in data ? table(data.results) : element('p', 'problem', data.problem));
    };
    worker.postMessage(request);
  });
}

function table(results: readonly BenchResult[]): HTMLElement {
  const head = element('tr', '', header('Until exit', 'col'));
  head.append(...results.flatMap(({ build }) => [header(build, 'col')]));
  const rows = results[0].exits.map((_, i) =>
    element(
      'tr',
      '',
      header(String(i + 1), 'row'),
      ...results.map(({ exits }) => {
        const cell = element('td', '', duration(exits[i].p50 / 1000));
        cell.title = `95 of 100 within ${duration(exits[i].p95 / 1000)}`;
        return cell;
      }),
    ),
  );
  return element(
    'table',
    '',
    element('caption', '', 'Median from the text to the answer'),
    element('thead', '', head),
    element('tbody', '', ...rows),
  );
}

function header(text: string, scope: string): HTMLElement {
  const made = element('th', '', text);
  made.setAttribute('scope', scope);
  return made;
}

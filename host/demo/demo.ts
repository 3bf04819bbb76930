/** The demo: a sentence is judged block by block as it is typed, with the model that the page holds. */
import { type ExitResult, load, type Model, type ModelSource, type Progress } from '../browser/index.ts';
import { offerBench } from './bench.ts';
import { Chart } from './chart.ts';
import { showLadder } from './ladder.ts';
import { PolicyForm } from './policies.ts';
import { slowly } from './slow.ts';
import { byId, duration, element, percent, size } from './text.ts';
import { timeExits } from './times.ts';

const MODEL = './model.beex';
const EXAMPLES = [
  'A small film with a large heart',
  'Two hours that I would like to have back',
  'The plot is thin, but the cast carries it home',
  'Not bad at all',
];
const SLOW_BYTES_PER_SECOND = 120_000;
const PLAY_MS = 650;
/** The clock of a browser is coarse: times are measured once the typing rests. */
const REST_MS = 350;

const text = byId<HTMLTextAreaElement>('text');
let model: Model | undefined;
/** What `model` was loaded from, for measuring it elsewhere. */
let source: ModelSource = MODEL;
let loading = new AbortController();
let judging = new AbortController();

const chart = new Chart(byId<SVGElement>('chart'));
const policies = new PolicyForm(() => judge());

// ---- Judging --------------------------------------------------------------------------------------

/** Shows what each block says of the text, with `pace` milliseconds between them. */
async function judge(pace = 0): Promise<void> {
  judging.abort();
  judging = new AbortController();
  const { signal } = judging;
  const judged = model;
  if (!judged) return;
  const { info } = judged;
  const { policy } = policies;
  const prior = Math.log(info.labels.length);
  const exits: ExitResult[] = [];
  let stop = 0;
  let least = 0;
  let times: number[] = [];
  const show = () => {
    const { blocks, bytes } = judged.progress;
    const isSparse = bytes < info.rareBytes;
    showLadder(byId('ladder'), { info, exits, least, stop, times, blocks, isSparse });
    const entropies = exits.map(({ entropy }) => entropy);
    chart.show({
      entropies,
      stop,
      blocks: info.exitBytes.length,
      prior,
      threshold: policies.threshold(prior),
    });
    if (stop > 0 || exits.length > 0) summarize(judged, exits, least, stop, times);
  };
  try {
    // The policy's own run says where it stops; the full one, what every block would have said.
    const decided = judged.classify(text.value, { policy, signal }).then(({ exit }) => exit);
    decided.catch(() => {});
    // The first exit alone says what of the file the text's tokens need.
    const first = judged
      .classify(text.value, { policy: { kind: 'fixed', depth: 1 }, signal })
      .then(({ bytes }) => bytes);
    first.catch(() => {});
    least = await Promise.race([first, settled(0)]);
    if (pace === 0) stop = await Promise.race([decided, settled(0)]);
    if (least === 0) {
      byId('label').textContent = '…';
      byId('summary').textContent = 'A rare word in it has not arrived yet.';
      byId('compare').textContent = '';
      show();
    }
    for await (const exit of judged.steps(text.value, { policy: 'full', signal })) {
      exits.push(exit);
      least = await first;
      stop = await Promise.race([decided, settled(0)]);
      if (pace > 0 && exits.length < stop) stop = 0;
      if (pace > 0 || exits.length > judged.progress.blocks - 1) show();
      if (pace > 0) await rest(pace, signal);
    }
    stop = await decided;
    show();
    await rest(REST_MS, signal);
    byId('spoken').textContent = `${byId('label').textContent}: ${byId('summary').textContent}`;
    times = await timeExits(judged, text.value, signal);
    show();
  } catch (error) {
    if (!signal.aborted) complain(error);
  }
}

/** What has not come by the next turn of the event loop comes as `value`. */
function settled<T>(value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, 0, value));
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

function summarize(
  { info }: Model,
  exits: readonly ExitResult[],
  least: number,
  stop: number,
  times: readonly number[],
): void {
  const taken = exits[(stop || exits.length) - 1];
  if (!taken) return;
  const last = exits[exits.length - 1];
  const blocks = info.exitBytes.length;
  const share = percent(Math.max(least, info.exitBytes[taken.exit - 1]) / info.fileBytes);
  const time = times[taken.exit - 1];
  byId('label').textContent = taken.label;
  byId('summary').textContent = [
    `${percent(taken.probabilities[taken.index])} sure after block ${taken.exit} of ${blocks}`,
    `${share} of the model's bytes`,
    ...(time === undefined ? [] : [duration(time)]),
  ].join(' · ');
  byId('compare').textContent =
    stop === 0 || exits.length < blocks
      ? ''
      : stop === blocks
        ? 'It took all of its blocks.'
        : `Full depth says ${last.label}, ${percent(last.probabilities[last.index])}: ` +
          (last.index === taken.index ? 'the same' : 'another answer') +
          (times.length ? `, after ${(times[blocks - 1] / times[stop - 1]).toFixed(1)} times as long.` : '.');
}

// ---- The model ------------------------------------------------------------------------------------

async function open(from: ModelSource, name: string, origin: ModelSource = from): Promise<void> {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  byId('problem').textContent = '';
  let blocks = 0;
  const onProgress = (progress: Progress) => {
    if (signal.aborted) return;
    showArrival(progress);
    if (progress.blocks === blocks) return;
    blocks = progress.blocks;
    judge();
  };
  try {
    const next = await load(from, { signal, onProgress });
    judging.abort();
    model?.dispose();
    model = next;
    source = origin;
    policies.offer(next.info);
    const { dimensions, labels, build, fileBytes } = next.info;
    byId('model-name').textContent =
      `${name}: ${size(fileBytes)}, ${dimensions.blocks} blocks of ${dimensions.hidden}, ` +
      `${labels.length} labels, ${build} core`;
    showArrival(next.progress);
    judge();
    await next.whole;
  } catch (error) {
    if (!signal.aborted) complain(error);
  }
}

function complain(error: unknown): void {
  if (!model) byId('summary').textContent = 'There is no model here yet: choose a file.';
  byId('problem').textContent = error instanceof Error ? error.message : String(error);
}

/** A bar for what every answer needs, one for rare words and one for each block, filled as they come. */
function showArrival({ bytes, total, blocks }: Progress): void {
  const place = byId('arrival');
  const info = model?.info.fileBytes === total ? model.info : undefined;
  const [first = total || 1, ...further] = info?.exitBytes ?? [];
  const rare = info ? info.rareBytes : first;
  const ends = [first, ...(rare > first ? [rare] : []), ...further];
  let start = 0;
  place.replaceChildren(
    ...ends.map((end) => {
      const part = element('span', '', element('i', ''));
      part.style.flexGrow = String(end - start);
      const share = Math.max(0, Math.min(1, (bytes - start) / (end - start)));
      (part.firstChild as HTMLElement).style.width = `${100 * share}%`;
      start = end;
      return part;
    }),
  );
  const answering =
    blocks > 1
      ? `blocks 1 to ${blocks} answer`
      : ['no block yet', bytes < rare ? 'block 1 answers common words' : 'block 1 answers'][blocks];
  byId('arrival-text').textContent =
    bytes === total && total > 0
      ? `All ${size(total)} are here.`
      : `${size(bytes)} of ${size(total)} are here; ${answering}.`;
}

// ---- The page -------------------------------------------------------------------------------------

text.value = EXAMPLES[0];
text.addEventListener('input', () => judge());
byId('play').addEventListener('click', () => judge(PLAY_MS));
byId('examples').append(
  ...EXAMPLES.map((example) => {
    const button = element('button', '', example);
    button.setAttribute('type', 'button');
    button.addEventListener('click', () => {
      text.value = example;
      judge(matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : PLAY_MS / 4);
    });
    return button;
  }),
);

byId('slow').addEventListener('click', async () => {
  const again = await new Response(source instanceof Blob ? source : (await fetch(MODEL)).body).blob();
  open(slowly(again.stream(), SLOW_BYTES_PER_SECOND), 'The same again', source);
});

const file = byId<HTMLInputElement>('file');
const openFile = (chosen: File | undefined) => {
  if (chosen) open(chosen, chosen.name);
};
file.addEventListener('change', () => openFile(file.files?.[0]));
const drop = byId('drop');
for (const type of ['dragenter', 'dragover']) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  openFile(event.dataTransfer?.files[0]);
});

offerBench(() => (model ? { source, text: text.value } : undefined));
open(MODEL, 'model.beex');

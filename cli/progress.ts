/** Progress of long work: a bar on a terminal, now and then a line elsewhere. */
import { SingleBar } from 'cli-progress';
import { note, percent } from './output.ts';

export interface Progress {
  phase(name: string): void;
  /** `done` of `total` steps; `detail` is shown beside the bar. */
  update(done: number, total: number, detail: string): void;
  end(): void;
}

/** Seconds between two lines where there is no bar; work that is done sooner needs none. */
const LINE_SECONDS = 15;
/** Work that took longer than this gets a last line. */
const LAST_LINE_SECONDS = 2;

export function createProgress(): Progress {
  return process.stderr.isTTY ? terminalProgress() : plainProgress();
}

function terminalProgress(): Progress {
  let bar: SingleBar | undefined;
  let clock = secondsLeft();
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    phase(name) {
      stop();
      clock = secondsLeft();
      note(name);
    },
    update(done, total, detail) {
      if (!bar) {
        bar = new SingleBar({
          format: '  {bar} {percentage} %  {left} left  {detail}',
          barCompleteChar: '█',
          barIncompleteChar: '░',
          hideCursor: true,
          stream: process.stderr,
          barsize: 24,
        });
        bar.start(total, done, { left: '?', detail });
      }
      bar.update(done, { left: clock(done, total), detail });
    },
    end: stop,
  };
}

function plainProgress(): Progress {
  const begun = performance.now();
  let last = begun;
  let clock = secondsLeft();
  return {
    phase(name) {
      clock = secondsLeft();
      note(name);
    },
    update(done, total, detail) {
      const left = clock(done, total);
      const now = performance.now();
      const due = done < total ? now - last >= LINE_SECONDS * 1000 : now - begun >= LAST_LINE_SECONDS * 1000;
      if (!due) return;
      last = now;
      note(`  ${percent(done / total)}  ${left} left  ${detail}`);
    },
    end() {},
  };
}

/** How long is left, by the pace since the first call. */
function secondsLeft(): (done: number, total: number) => string {
  let first: { time: number; done: number } | undefined;
  return (done, total) => {
    first ??= { time: performance.now(), done };
    if (done <= first.done) return '?';
    const pace = (performance.now() - first.time) / (done - first.done);
    return duration(((total - done) * pace) / 1000);
  };
}

/** 1 h 5 min, 3 min 20 s, 12 s */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${whole} s`;
}

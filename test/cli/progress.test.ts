/** Progress where there is no terminal: lines now and then, and none for what is done at once. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress } from '../../cli/progress.ts';

const { isTTY } = process.stderr;
let lines: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  lines = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text).trim());
    return true;
  });
  process.stderr.isTTY = false;
});
afterEach(() => {
  process.stderr.isTTY = isTTY;
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Ten steps of so many seconds each. */
function work(seconds: number): void {
  const progress = createProgress();
  for (let done = 0; done <= 10; done++) {
    if (done > 0) vi.advanceTimersByTime(seconds * 1000);
    progress.update(done, 10, `step ${done}`);
  }
  progress.end();
}

test('work that is done at once says nothing', () => {
  work(0.1);
  expect(lines).toEqual([]);
});

test('work of some seconds says that it is done', () => {
  work(0.5);
  expect(lines).toEqual([expect.stringMatching(/^100\.0 %.*step 10$/)]);
});

test('long work says every 15 seconds where it is', () => {
  work(10);
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^20\.0 %\s+1 min 20 s left\s+step 2$/);
  expect(lines[4]).toMatch(/^100\.0 %/);
});

/** beex train, pack and eval as a user runs them: on made-up files, with all that can be wrong with them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyRecords } from '../trainer/toy.ts';
import { beex, buildOnce } from './command.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
const csv = (rows: { text: string; label: string }[]): string =>
  `sentence,mood\n${rows.map(({ text, label }) => `"${text}",${label}`).join('\n')}\n`;

beforeAll(async () => {
  await buildOnce();
  folder = mkdtempSync(join(tmpdir(), 'beex-cli-'));
  writeFileSync(at('train.csv'), csv(toyRecords(320, 1)));
  writeFileSync(at('dev.csv'), csv(toyRecords(100, 2)));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns = ['--text', 'sentence', '--label', 'mood'];
const small = '--hidden 64 --slfn 64 --blocks 2 --heads 4 --tokens 16 --vocabulary-size 128'.split(' ');
const quick = '--batch-size 16 --epochs 15 --learning-rate 0.003'.split(' ');

describe('own data, from CSV to a scored model', () => {
  it('train prints the evaluation and leaves a model', async () => {
    const args = ['--train', at('train.csv'), '--dev', at('dev.csv'), ...columns];
    const { code, stdout, stderr } = await beex([
      'train',
      ...args,
      ...small,
      ...quick,
      ...['--class-weights', 'balanced'],
      '--out',
      at('run'),
      '--json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('calibrating') });
    const evaluation = JSON.parse(stdout);
    expect(evaluation).toMatchObject({ metric: 'accuracy', n: 100, policy: 'balanced' });
    expect(evaluation.score).toBeGreaterThan(0.95);
    expect(evaluation.bagOfWords.trainedOn).toBe(320);
    expect(JSON.parse(readFileSync(at('run/run.json'), 'utf8')).recipe.classWeights).toBe('balanced');
    expect(readdirSync(at('run')).sort()).toEqual(
      [
        'calibration.json',
        'checkpoint.safetensors',
        'exits.json',
        'metrics.jsonl',
        'model.beex',
        'report.html',
        'run.json',
        'vocabulary.beex',
      ].sort(),
    );
  }, 120_000);

  it('eval has the JSON form that tools rely on, and agrees with the trainer', async () => {
    const args = [
      '--model',
      at('run/model.beex'),
      '--dev',
      at('dev.csv'),
      ...columns,
      '--against',
      at('run'),
    ];
    const { code, stdout } = await beex(['eval', ...args, '--json']);
    expect(code).toBe(0);
    const evaluation = JSON.parse(stdout);
    expect(evaluation).toMatchObject({
      task: at('dev.csv'),
      metric: 'accuracy',
      n: 100,
      score: expect.any(Number),
      fullDepthScore: expect.any(Number),
      majorityScore: expect.any(Number),
      meanDepth: expect.any(Number),
      operations: {
        full: { float: expect.any(Number), binary: expect.any(Number), total: expect.any(Number) },
        mean: { total: expect.any(Number) },
        reduction: expect.any(Number),
      },
      policy: 'balanced',
    });
    expect(evaluation.exits.map(({ exit }: { exit: number }) => exit)).toEqual([1, 2]);
    expect(evaluation.exits[0]).toMatchObject({ share: expect.any(Number), scoreOfAll: expect.any(Number) });
    expect(evaluation.agreement).toBeGreaterThanOrEqual(0.99);
  });

  it('eval sets a bag of words beside, counts confusions and lists the surest mistakes', async () => {
    const args = ['--model', at('run/model.beex'), '--train', at('train.csv'), '--dev', at('dev.csv')];
    const { code, stdout, stderr } = await beex(['eval', ...args, ...columns, '--mistakes', '100', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { bagOfWords, confusion, mistakes, score, n } = JSON.parse(stdout);
    expect(bagOfWords).toMatchObject({ trainedOn: 320, score: expect.any(Number) });
    expect(bagOfWords.score).toBeGreaterThan(0.95);
    expect(confusion.labels).toEqual(['complaint', 'praise']);
    expect(confusion.counts[0][0] + confusion.counts[1][1]).toBe(Math.round(score * n));
    expect(mistakes).toHaveLength(n - Math.round(score * n));
  });

  it('eval prints all that as tables, and why there is no bag of words', async () => {
    const args = ['eval', '--model', at('run/model.beex'), '--dev', at('dev.csv'), ...columns];
    const { stdout } = await beex([...args, '--train', at('train.csv')]);
    expect(stdout).toMatch(/linear bag of words +\d+\.\d % +\d+\.\d to \d+\.\d/);
    expect(stdout).toMatch(/is, and was given +complaint +praise/);
    expect((await beex(args)).stdout).toContain('no linear bag of words beside it: give the training');
    const untold = await beex([...args, '--no-baseline']);
    expect({ code: untold.code, said: untold.stdout.includes('bag of words') }).toEqual({
      code: 0,
      said: false,
    });
  });

  it('eval takes a policy by name or rule', async () => {
    const base = ['eval', '--model', at('run/model.beex'), '--dev', at('dev.csv'), ...columns, '--json'];
    const fixed = JSON.parse((await beex([...base, '--policy', 'fixed:1'])).stdout);
    expect(fixed.meanDepth).toBe(1);
    const full = JSON.parse((await beex([...base, '--policy', 'full'])).stdout);
    expect(full.meanDepth).toBe(2);
    expect(full.operations.reduction).toBe(0);
    expect(full.score).toBe(full.fullDepthScore);
  });

  it('pack puts the rows of rare tokens behind exit 1, which changes no answer', async () => {
    const pack = await beex(['pack', at('run'), '--out', at('early.beex'), '--common-tokens', '40']);
    expect({ code: pack.code, stderr: pack.stderr }).toEqual({ code: 0, stderr: '' });
    const inspect = await beex(['inspect', '--model', at('early.beex'), '--json']);
    const { dims, rareTokens, sections } = JSON.parse(inspect.stdout);
    expect(rareTokens).toBe(dims.vocabulary - 40);
    expect(sections.map(({ name }: { name: string }) => name)).toContain('rare');
    const scores = ['run/model.beex', 'early.beex'].map((name) =>
      beex(['eval', '--model', at(name), '--dev', at('dev.csv'), ...columns, '--json']),
    );
    const [plain, early] = (await Promise.all(scores)).map(({ stdout }) => JSON.parse(stdout));
    expect(early).toEqual(plain);
  });

  it('pack writes the same file again', async () => {
    const { code, stdout } = await beex(['pack', at('run'), '--out', at('again.beex'), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: at('again.beex'), bytes: expect.any(Number) });
    const { stdout: inspected } = await beex(['inspect', '--model', at('again.beex'), '--json']);
    expect(JSON.parse(inspected).labels).toEqual(['complaint', 'praise']);
  });

  it('train --init goes on from another run, in its shape unless told otherwise', async () => {
    const args = ['--train', at('train.csv'), '--dev', at('dev.csv'), ...columns, '--init', at('run')];
    const wrong = await beex(['train', ...args, '--hidden', '128', '--out', at('wrong')]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/its hidden is 64 and this run's 128; give --hidden 64/);
    expect(existsSync(at('wrong'))).toBe(false);
    const tuned = await beex(['train', ...args, '--epochs', '0.1', '--out', at('tuned'), '--json']);
    expect({ code: tuned.code, stderr: tuned.stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('starting from its vocabulary, embedding, 2 blocks, exits'),
    });
    expect(JSON.parse(tuned.stdout).score).toBeGreaterThan(0.9);
    expect(JSON.parse(readFileSync(at('tuned/run.json'), 'utf8'))).toMatchObject({
      shape: { hidden: 64, slfn: 64, blocks: 2, heads: 4, tokens: 16 },
      init: { kind: 'run', left: [] },
    });
  }, 120_000);

  it('report writes the page anew, where it is told to', async () => {
    const { code, stdout } = await beex(['report', at('run'), '--out', at('page.html')]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${at('page.html')}\n` });
    expect(readFileSync(at('page.html'), 'utf8')).toBe(readFileSync(at('run/report.html'), 'utf8'));
    expect((await beex(['report', at('nothing')])).code).toBe(2);
  });

  it('a folder with a run is not written over', async () => {
    const args = ['--train', at('train.csv'), '--dev', at('dev.csv'), ...columns];
    const { code, stderr } = await beex(['train', ...args, ...small, '--out', at('run')]);
    expect(code).toBe(2);
    expect(stderr).toContain('--resume');
  });
});

describe('Ctrl-C', () => {
  it('leaves a checkpoint that --resume goes on from', async () => {
    const args = ['--train', at('train.csv'), '--dev', at('dev.csv'), ...columns, ...small, ...quick];
    const stopped = await beex(['train', ...args, '--out', at('stopped')], '', { interruptAt: /task/ });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain(`--resume ${at('stopped')}`);
    expect(existsSync(at('stopped/model.beex'))).toBe(false);
    const resumed = await beex(['train', '--resume', at('stopped'), '--json']);
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout).score).toBeGreaterThan(0.95);
  }, 120_000);
});

describe('wrong data: one clear line, exit 2, and nothing written', () => {
  const cases: [string, () => string[], RegExp][] = [
    [
      'a missing column',
      () => ['--train', at('train.csv'), '--dev', at('dev.csv'), '--text', 'body', '--label', 'mood'],
      /train\.csv.*"body".*"sentence"/,
    ],
    [
      'a label seen only in dev',
      () => {
        writeFileSync(at('odd.csv'), 'sentence,mood\n"the lamp was green",puzzlement\n');
        return ['--train', at('train.csv'), '--dev', at('odd.csv'), ...columns];
      },
      /odd\.csv.*puzzlement/,
    ],
    [
      'an empty file',
      () => {
        writeFileSync(at('empty.csv'), '');
        return ['--train', at('empty.csv'), '--dev', at('dev.csv'), ...columns];
      },
      /empty\.csv.*empty/,
    ],
    [
      'a binary file',
      () => {
        writeFileSync(at('binary.csv'), Uint8Array.of(0x7f, 0x45, 0, 1, 2, 0xff));
        return ['--train', at('binary.csv'), '--dev', at('dev.csv'), ...columns];
      },
      /binary\.csv/,
    ],
    [
      'one class only',
      () => {
        const praise = toyRecords(40, 3).filter(({ label }) => label === 'praise');
        writeFileSync(at('praise.csv'), csv(praise));
        return ['--train', at('praise.csv'), '--dev', at('praise.csv'), ...columns];
      },
      /praise\.csv.*two labels or more/,
    ],
    [
      'a file that is not there',
      () => ['--train', at('absent.csv'), '--dev', at('dev.csv'), ...columns],
      /absent\.csv/,
    ],
    ['no data at all', () => [], /--task|--train/],
    ['an unknown task', () => ['--task', 'sst3', '--data', folder], /sst3.*SST-2/],
  ];

  it.each(cases)('%s', async (name, makeArgs, message) => {
    const out = at(`out-${name.replaceAll(' ', '-')}`);
    const { code, stdout, stderr } = await beex(['train', ...makeArgs(), '--out', out]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    ['--epochs', 'many'],
    ['--hidden', '100'],
    ['--dropout', '1.5'],
    ['--class-weights', 'sometimes'],
  ])('%s %s is wrong usage', async (option, value) => {
    const args = ['--train', at('train.csv'), '--dev', at('dev.csv'), ...columns, '--out', at('bad')];
    const { code, stderr } = await beex(['train', ...args, option, value]);
    expect(code).toBe(2);
    expect(stderr).toContain(option.slice(2));
    expect(existsSync(at('bad'))).toBe(false);
  });

  it('a folder that holds no run', async () => {
    const { code, stderr } = await beex(['pack', at('nothing'), '--out', at('x.beex')]);
    expect(code).toBe(2);
    expect(stderr).toContain('nothing');
    expect(existsSync(at('x.beex'))).toBe(false);
  });
});

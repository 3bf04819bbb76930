/** beex calibrate as a user runs it: on a model of random weights, whose exits differ. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../../host/model-file/index.ts';
import { randomModel } from '../support/random-model.ts';
import { TOY_LABELS, toyRecords } from '../trainer/toy.ts';
import { beex, buildOnce } from './command.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  await buildOnce();
  folder = mkdtempSync(join(tmpdir(), 'beex-calibrate-'));
  writeFileSync(at('model.beex'), writeModel(randomModel(3, { blocks: 3, labels: TOY_LABELS })));
  const rows = toyRecords(150, 9).map(({ text, label }) => `"${text}",${label}`);
  writeFileSync(at('held.csv'), `sentence,mood\n${rows.join('\n')}\n`);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const calibrate = (...args: string[]) =>
  beex([
    'calibrate',
    ...['--model', at('model.beex'), '--dev', at('held.csv'), '--text', 'sentence', '--label', 'mood'],
    ...args,
  ]);
const policies = (name: string) => readModel(readFileSync(at(name))).policies;

describe('beex calibrate', () => {
  it('adds an operating point that eval and classify then take by name', async () => {
    const { code, stdout, stderr } = await calibrate(
      ...['--operations', '0.6', '--name', 'thrifty', '--out', at('thrifty.beex'), '--json'],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({
      file: at('thrifty.beex'),
      policy: 'thrifty',
      texts: 150,
      metric: 'accuracy',
      target: { operations: 0.6 },
      fullDepth: { operations: 1 },
    });
    expect(said.reached.operations).toBeLessThanOrEqual(0.6);
    expect(policies('thrifty.beex').map(({ name }) => name)).toEqual([
      'balanced',
      'accurate',
      'fast',
      'thrifty',
    ]);
    expect([...policies('thrifty.beex')[3].thresholds]).toEqual(said.thresholds);
    const evaluated = await beex([
      ...['eval', '--model', at('thrifty.beex'), '--dev', at('held.csv'), '--policy', 'thrifty', '--json'],
      ...['--text', 'sentence', '--label', 'mood'],
    ]);
    const evaluation = JSON.parse(evaluated.stdout);
    expect(evaluation.score).toBeCloseTo(said.reached.score, 12);
    expect(1 - evaluation.operations.reduction).toBeCloseTo(said.reached.operations, 9);
  });

  it('replaces a point of the same name where it stands, or puts it first', async () => {
    const args = ['--within', '0', '--name', 'fast'];
    expect((await calibrate(...args, '--out', at('fast.beex'))).code).toBe(0);
    expect(policies('fast.beex').map(({ name }) => name)).toEqual(['balanced', 'accurate', 'fast']);
    expect(policies('fast.beex')[2]).not.toEqual(policies('model.beex')[2]);
    expect(policies('fast.beex')[0]).toEqual(policies('model.beex')[0]);
    await calibrate(...args, '--first', '--out', at('first.beex'));
    expect(policies('first.beex').map(({ name }) => name)).toEqual(['fast', 'balanced', 'accurate']);
    const { card } = readModel(readFileSync(at('fast.beex')));
    expect(card.calibration).toEqual([
      expect.objectContaining({ policy: 'fast', texts: 150, target: { within: 0 } }),
    ]);
  });

  it('measures time where a target needs it, and prints what was reached', async () => {
    const { code, stdout } = await calibrate(
      ...['--p95', '1000000', '--name', 'patient', '--out', at('patient.beex')],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/p95 µs/);
    expect(stdout).toMatch(/patient +\d+\.\d % +\d+\.\d % +[\d.]+/);
    expect(stdout).toContain('report it on other texts than these');
  });

  it.each([
    ['--operations', '0.01'],
    ['--p95', '0.001'],
  ])('%s %s is out of reach: exit 1, the nearest is named, nothing written', async (option, value) => {
    const { code, stdout, stderr } = await calibrate(option, value, '--name', 'x', '--out', at('none.beex'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`no thresholds meet ${option} ${value}`);
    expect(stderr).toMatch(/nearest give accuracy \d+\.\d % .*with \d+\.\d % of full depth's operations/);
    expect(existsSync(at('none.beex'))).toBe(false);
  });

  it.each([
    ['no target', ['--name', 'x'], /--within, --operations, --p95/],
    ['a share above 1', ['--name', 'x', '--operations', '2'], /at most 1/],
    ['the name full', ['--name', 'full', '--within', '0'], /full.*choose another/],
    ['a long name', ['--name', 'a name much longer than it may be', '--within', '0'], /more than 24/],
  ])('%s is wrong usage', async (_, args, message) => {
    const { code, stderr } = await calibrate(...args, '--out', at('none.beex'));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(at('none.beex'))).toBe(false);
  });
});

/** What an evaluation adds up, over a model of random weights: held against single classifications. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Classifier } from '../../host/classifier.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { load, type PolicyRule } from '../../host/node/index.ts';
import { bagOfWordsBaseline } from '../../trainer/baseline.ts';
import { accuracy } from '../../trainer/data/metrics.ts';
import type { TextRecord } from '../../trainer/data/record.ts';
import { evaluate, trace } from '../../trainer/evaluate.ts';
import { randomModel } from '../support/random-model.ts';
import { TOY_LABELS, toyRecords } from './toy.ts';

const labels = ['complaint', 'praise', 'question'];
const records: TextRecord[] = toyRecords(60, 5);
let policy: PolicyRule;
let model: Classifier;
beforeAll(async () => {
  model = await load(writeModel(randomModel(7, { blocks: 3, classes: 3, labels })));
  // The surer half of the texts leaves at exit 1.
  const first = trace(model, records, labels).map(({ entropies }) => entropies[0]);
  policy = { kind: 'entropy', thresholds: first.sort((a, b) => a - b)[30] };
});
afterAll(() => model.dispose());

const evaluated = (mistakes = 0) =>
  evaluate(model, { task: 'toy', metric: 'accuracy', labels, records, policy, mistakes });

describe('evaluate', () => {
  test('lets texts leave where the core does, and knows what every exit says of all', () => {
    const { exits, score, fullDepthScore, interval } = evaluated();
    const answers = records.map(({ text }) => model.classify(text, { policy }));
    expect(new Set(answers.map(({ exit }) => exit)).size).toBeGreaterThan(1);
    expect(exits.map(({ share }) => share)).toEqual(
      [1, 2, 3].map((exit) => answers.filter((answer) => answer.exit === exit).length / records.length),
    );
    expect(score).toBe(answers.filter(({ label }, i) => label === records[i].label).length / records.length);
    const traces = trace(model, records, labels);
    const expected = records.map(({ label }) => labels.indexOf(label));
    exits.forEach(({ ofAll, scoreOfAll }, i) => {
      const here = traces.map(({ predictions }) => predictions[i]);
      expect([scoreOfAll, ofAll.accuracy]).toEqual([accuracy(here, expected), accuracy(here, expected)]);
    });
    expect(fullDepthScore).toBe(exits[2].scoreOfAll);
    expect(interval.low).toBeLessThan(score);
    expect(interval.high).toBeGreaterThan(score);
  });

  test('counts every text once in the confusion matrix, the right ones on its diagonal', () => {
    const { confusion, score } = evaluated();
    expect(confusion.labels).toEqual(labels);
    expect(confusion.counts.flat().reduce((a, b) => a + b)).toBe(60);
    expect(confusion.counts.reduce((sum, row, i) => sum + row[i], 0)).toBe(Math.round(score * 60));
    const praised = records.filter(({ label }) => label === 'praise').length;
    expect(confusion.counts[1].reduce((a, b) => a + b)).toBe(praised);
  });

  test('lists the surest wrong answers first, as many as asked', () => {
    const all = evaluated(1000);
    expect(all.mistakes).toHaveLength(60 - Math.round(all.score * 60));
    const sure = all.mistakes.map(({ probability }) => probability);
    expect(sure).toEqual([...sure].sort((a, b) => b - a));
    for (const { text, expected, given, exit, probability } of all.mistakes) {
      const answer = model.classify(text, { policy });
      expect([answer.label, answer.exit, Math.max(...answer.probabilities)]).toEqual([
        given,
        exit,
        probability,
      ]);
      expect(expected).not.toBe(given);
    }
    expect(evaluated(2).mistakes).toEqual(all.mistakes.slice(0, 2));
    expect(evaluated().mistakes).toEqual([]);
  });

  test('tells of each text once', () => {
    const told: number[] = [];
    evaluate(model, {
      task: 'toy',
      metric: 'accuracy',
      labels,
      records: records.slice(0, 5),
      policy,
      onRecord: (done) => told.push(done),
    });
    expect(told).toEqual([1, 2, 3, 4, 5]);
  });
});

test('the bag of words learns what words tell, and is rated as the model is', () => {
  const baseline = bagOfWordsBaseline(toyRecords(320, 1), toyRecords(100, 2), TOY_LABELS, 'accuracy+f1');
  expect(baseline).toMatchObject({ trainedOn: 320, score: 1, f1: 1, accuracy: 1 });
  expect(baseline.interval.low).toBeCloseTo(0.963, 3);
});

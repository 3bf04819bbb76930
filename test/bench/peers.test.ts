/** The peers run the same twin: their answers agree, so their times may be compared. */
import { expect, it } from 'vitest';
import { onnxTwin } from '../../host/bench/peers/onnx-twin.ts';
import { idsOf, onnxruntimePeer } from '../../host/bench/peers/onnxruntime.ts';
import type { Peer } from '../../host/bench/peers/peer.ts';
import { tfjsPeer } from '../../host/bench/peers/tfjs.ts';
import { type DenseWeights, type NormWeights, randomTwin } from '../../host/bench/peers/twin.ts';

const dimensions = {
  hidden: 64,
  slfn: 128,
  blocks: 3,
  heads: 4,
  classes: 3,
  tokens: 12,
  vocabulary: 50,
  segments: 1,
};

async function logits(peer: Peer): Promise<number[]> {
  const answers = (await peer.run()).flatMap((exit) => [...exit]);
  expect(answers).toHaveLength(dimensions.blocks * dimensions.classes);
  await peer.dispose();
  return answers;
}

it.each([0, 1])(
  'onnxruntime in float32 and int8, and tfjs, agree on the twin (recurrence %i)',
  async (recurrence) => {
    const shape = { ...dimensions, recurrence };
    const twin = randomTwin(shape);
    const [float32, int8] = await Promise.all(
      (['float32', 'int8'] as const).map(async (precision) =>
        logits(await onnxruntimePeer(shape, onnxTwin(shape, twin, 9, precision), 9, precision)),
      ),
    );
    const tfjs = await logits(await tfjsPeer(shape, twin, 9));
    const far = (others: number[]) => Math.max(...others.map((value, i) => Math.abs(value - float32[i])));
    expect(Math.max(...float32.map(Math.abs))).toBeGreaterThan(0.3);
    expect(far(tfjs)).toBeLessThan(1e-4);
    expect(far(int8)).toBeLessThan(0.15);
    expect(far(int8)).toBeGreaterThan(0);
  },
);

it("the peers' recurrence is the one that goes from token to token", async () => {
  const shape = { ...dimensions, blocks: 1, recurrence: 1 };
  const { hidden: d } = shape;
  const twin = randomTwin(shape);
  // Attention and SLFN add nothing to x.
  const [block] = twin.blocks;
  for (const { weight, bias } of [block.output, block.value]) for (const all of [weight, bias]) all.fill(0);
  const { gates, norm: after } = block.recurrence!;
  const x = Array.from(idsOf(shape.vocabulary, shape.tokens), Number).map((id, t) => {
    const at = (rows: Float32Array, row: number) => [...rows.subarray(row * d, (row + 1) * d)];
    const position = at(twin.positions, t);
    return norm(
      at(twin.tokens, id).map((value, c) => value + position[c]),
      twin.norm,
    );
  });
  const y = x.map((row) => dense(row, gates));
  for (let c = 0; c < d; c++) {
    const order = x.map((_, t) => (c & 32 ? x.length - 1 - t : t));
    let h = 0;
    for (const t of order) {
      const forget = Math.min(1, Math.max(0, y[t][c] / 4 + 0.5));
      h = y[t][d + c] + forget * (h - y[t][d + c]);
      x[t][c] += h;
    }
  }
  const last = x.map((row) => [after, block.attentionNorm, block.slfnNorm].reduce(norm, row));
  const mean = last[0].map((_, c) => last.reduce((sum, row) => sum + row[c], 0) / last.length);
  const expected = dense(mean, twin.exits[0]);
  const file = onnxTwin(shape, twin, shape.tokens, 'float32');
  for (const peer of [
    await onnxruntimePeer(shape, file, shape.tokens, 'float32'),
    await tfjsPeer(shape, twin, shape.tokens),
  ]) {
    const [logits] = await peer.run();
    expected.forEach((logit, i) => {
      expect(logits[i]).toBeCloseTo(logit, 4);
    });
    await peer.dispose();
  }
});

function dense(row: number[], { outputs, weight, bias }: DenseWeights): number[] {
  return Array.from(bias, (start, j) =>
    row.reduce((sum, value, i) => sum + value * weight[i * outputs + j], start),
  );
}

function norm(row: number[], { gamma, beta }: NormWeights): number[] {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gamma[i] + beta[i]);
}

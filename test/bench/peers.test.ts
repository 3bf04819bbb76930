/** The peers run the same twin: their answers agree, so their times may be compared. */
import { expect, it } from 'vitest';
import { onnxTwin } from '../../host/bench/peers/onnx-twin.ts';
import { onnxruntimePeer } from '../../host/bench/peers/onnxruntime.ts';
import type { Peer } from '../../host/bench/peers/peer.ts';
import { tfjsPeer } from '../../host/bench/peers/tfjs.ts';
import { randomTwin } from '../../host/bench/peers/twin.ts';

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

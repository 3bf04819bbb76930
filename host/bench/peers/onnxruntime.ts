/** onnxruntime-web on its wasm backend, one thread, all of its graph optimizations. */
import type { Dimensions } from '../../model-file/parts.ts';
import { IDS, logitsOf, type Precision } from './onnx-twin.ts';
import { MissingPeerError, type Peer } from './peer.ts';

/** @throws MissingPeerError */
export async function onnxruntimePeer(
  { vocabulary, blocks }: Dimensions,
  model: Uint8Array,
  tokens: number,
  precision: Precision,
): Promise<Peer> {
  const ort = await onnxruntime();
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  const feeds = { [IDS]: new ort.Tensor('int64', idsOf(vocabulary, tokens), [tokens]) };
  return {
    name: `onnxruntime-web ${precision}`,
    async run() {
      const outputs = await session.run(feeds);
      return Array.from({ length: blocks }, (_, i) => outputs[logitsOf(i + 1)].data as Float32Array);
    },
    dispose: () => session.release(),
  };
}

/** Any ids will do. */
export function idsOf(vocabulary: number, tokens: number): BigInt64Array {
  return BigInt64Array.from({ length: tokens }, (_, i) => BigInt((i * 7 + 5) % vocabulary));
}

export async function onnxruntime() {
  try {
    const ort = await import('onnxruntime-web/wasm');
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'error';
    return ort;
  } catch (error) {
    throw new MissingPeerError('onnxruntime-web protobufjs', error);
  }
}

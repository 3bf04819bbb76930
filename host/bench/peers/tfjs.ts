/** The twin in TensorFlow.js on its wasm backend, one thread, fused kernels where it has them. */

import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { FORGET_CENTRE, FORGET_SLOPE } from '../../../assembly/format.ts';
import type { Dimensions } from '../../model-file/parts.ts';
import { idsOf } from './onnxruntime.ts';
import { MissingPeerError, type Peer } from './peer.ts';
import { type DenseWeights, forwardChannels, type NormWeights, type TwinWeights } from './twin.ts';

/** @throws MissingPeerError */
export async function tfjsPeer(
  { hidden: d, heads, vocabulary }: Dimensions,
  weights: TwinWeights,
  tokens: number,
): Promise<Peer> {
  const tf = await tensorflow();
  const dense = ({ inputs, outputs, weight, bias }: DenseWeights) => ({
    weight: tf.tensor2d(weight, [inputs, outputs]),
    bias: tf.tensor1d(bias),
  });
  const normOf = ({ gamma, beta }: NormWeights) => ({ gamma: tf.tensor1d(gamma), beta: tf.tensor1d(beta) });
  type Dense = ReturnType<typeof dense>;

  const ids = tf.tensor1d(Int32Array.from(idsOf(vocabulary, tokens), Number), 'int32');
  const rows = tf.tensor2d(weights.tokens, [weights.tokens.length / d, d]);
  const positions = tf.tensor2d(weights.positions.subarray(0, tokens * d), [tokens, d]);
  const embeddingNorm = normOf(weights.norm);
  const blocks = weights.blocks.map((block) => ({
    recurrence: block.recurrence && {
      gates: dense(block.recurrence.gates),
      norm: normOf(block.recurrence.norm),
    },
    qkv: dense(block.qkv),
    output: dense(block.output),
    attentionNorm: normOf(block.attentionNorm),
    hidden: dense(block.hidden),
    gate: dense(block.gate),
    value: dense(block.value),
    slfnNorm: normOf(block.slfnNorm),
  }));
  const exits = weights.exits.map(dense);

  const product = (x: Tensor2D, { weight, bias }: Dense): Tensor2D =>
    tf.fused.matMul({ a: x, b: weight, bias }) as Tensor2D;
  const norm = (x: Tensor2D, { gamma, beta }: { gamma: Tensor1D; beta: Tensor1D }): Tensor2D => {
    const centered = tf.sub<Tensor2D>(x, tf.mean(x, 1, true));
    const variance = tf.mean(tf.square(centered), 1, true);
    return tf.add(tf.mul(tf.mul(centered, tf.rsqrt(tf.add(variance, 1e-5))), gamma), beta);
  };
  const isForward = tf.tensor2d(forwardChannels(d).map(Number), [1, d], 'bool');
  /** Backward channels from the last token to the first, and by the same call back again. */
  const turned = (x: Tensor2D): Tensor2D => tf.where(isForward, x, tf.reverse(x, 0));
  /** Each token's row becomes that of the one `by` behind it; zeros come first. */
  const later = (x: Tensor2D, by: number): Tensor2D =>
    tf.concat([tf.zeros([by, d]), tf.slice(x, [0, 0], [tokens - by, d])], 0);
  /** h of every token, by doubling spans, as ./twin.ts has it. */
  const scan = (forget: Tensor2D, value: Tensor2D): Tensor2D => {
    let kept = turned(forget);
    let h = tf.mul(tf.sub(1, kept), turned(value)) as Tensor2D;
    for (let span = 1; span < tokens; span *= 2) {
      h = tf.add(h, tf.mul(kept, later(h, span)));
      kept = tf.mul(kept, later(kept, span));
    }
    return turned(h);
  };
  const perHead = (x: Tensor2D, permutation: number[]): Tensor3D =>
    tf.transpose(tf.reshape(x, [tokens, heads, d / heads]) as Tensor3D, permutation);
  const scale = 1 / Math.sqrt(d / heads);

  const run = () =>
    tf.tidy(() => {
      let x = norm(tf.add(tf.gather(rows, ids) as Tensor2D, positions), embeddingNorm);
      return blocks.map((block, i) => {
        if (block.recurrence) {
          const { gates, norm: after } = block.recurrence;
          const [y, value] = tf.split(product(x, gates), 2, 1) as Tensor2D[];
          const forget = tf.clipByValue(tf.add(tf.mul(y, FORGET_SLOPE), FORGET_CENTRE), 0, 1) as Tensor2D;
          x = norm(tf.add(x, scan(forget, value)), after);
        }
        const [q, k, v] = tf.split(product(x, block.qkv), 3, 1) as Tensor2D[];
        const scores = tf.matMul(perHead(q, [1, 0, 2]), perHead(k, [1, 2, 0]));
        const mixed = tf.matMul(tf.softmax(tf.mul(scores, scale)), perHead(v, [1, 0, 2]));
        const context = tf.reshape(tf.transpose(mixed, [1, 0, 2]), [tokens, d]) as Tensor2D;
        x = norm(tf.add(x, product(context, block.output)), block.attentionNorm);
        const [g, t] = tf.split(product(x, block.hidden), 2, 1) as Tensor2D[];
        const gate = product(tf.sigmoid(g), block.gate);
        const value = product(tf.tanh(t), block.value);
        x = norm(tf.add(x, tf.mul(gate, value)), block.slfnNorm);
        return product(tf.mean(x, 0, true), exits[i]).dataSync() as Float32Array;
      });
    });
  const kept = [ids, rows, positions, embeddingNorm, blocks, exits, isForward];
  return { name: 'tfjs wasm', run, dispose: () => tf.dispose(kept) };
}

async function tensorflow() {
  try {
    const { createRequire } = await import('node:module');
    const { dirname } = await import('node:path');
    const tf = await import('@tensorflow/tfjs-core');
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const { resolve } = createRequire(import.meta.url);
    wasm.setWasmPaths(`${dirname(resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    tf.enableProdMode();
    // One thread, as for all here; the environment says so before the backend starts.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    await tf.setBackend('wasm');
    return tf;
  } catch (error) {
    throw new MissingPeerError('@tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm', error);
  }
}

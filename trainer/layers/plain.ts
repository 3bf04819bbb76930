/** The operations written in tfjs's own, with its automatic differentiation: the reference. */
import { BACKWARD_CHANNEL, FORGET_CENTRE, FORGET_SLOPE } from '../../assembly/format.ts';
import type { Tensor, Tf } from '../backend/tfjs.ts';
import { type Drop, dropThreshold, keeps } from '../random.ts';
import type { Ablation } from './config.ts';
import type { BatchTensors, BinaryVariables, FloatVariables, Operations } from './operations.ts';

const NORM_EPSILON = 1e-5;

/** Builds the operations, those of binarized layers with the ablation, on whichever tfjs backend is active. */
export function plainOperations(tf: Tf, ablation?: Ablation): Operations {
  /** +1 for x >= 0, otherwise -1: tf.sign(0) is 0, so it does not serve. */
  const plusMinus = (x: Tensor) => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1);
  const surrogate = (u: Tensor) =>
    ablation === 'clipped-surrogate'
      ? tf.cast(tf.less(tf.abs(u), 1), 'float32')
      : tf.relu(tf.sub(2, tf.mul(2, tf.abs(u))));

  const sign = tf.customGrad((x, save) => {
    const input = x as Tensor;
    (save as (tensors: Tensor[]) => void)([input]);
    return {
      value: plusMinus(input),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, surrogate(saved)),
    };
  });

  const step = tf.customGrad((x, save) => {
    const input = x as Tensor;
    (save as (tensors: Tensor[]) => void)([input]);
    return {
      value: tf.cast(tf.greaterEqual(input, 0), 'float32'),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, tf.mul(0.5, surrogate(saved))),
    };
  });

  /** mean_i |W_ji| [J] */
  const magnitude = (weight: Tensor) => tf.mean(tf.abs(weight), 1);
  const constantMagnitude = tf.customGrad((weight) => ({
    value: magnitude(weight as Tensor),
    gradFunc: () => tf.zeros((weight as Tensor).shape),
  }));

  /** alpha_j (sign(W)_j . bits) + b_j. */
  const binaryProduct = (bits: Tensor, { weight, gain, bias }: BinaryVariables) => {
    const signs = sign(tf.mul(weight, Math.sqrt(weight.shape[1]!)));
    const mean = ablation === 'constant-magnitude' ? constantMagnitude(weight) : magnitude(weight);
    const alpha = tf.mul(gain, mean);
    return tf.add(tf.mul(tf.matMul(bits, signs, false, true), alpha), bias);
  };

  const linear = (x: Tensor, { weight, bias }: FloatVariables) =>
    tf.add(tf.matMul(x, weight, false, true), bias);

  const dropout = (x: Tensor, drop: Drop) => tf.mul(x, dropMask(tf, x.shape, drop));

  const halves = (hidden: Tensor) => tf.split(hidden, 2, 1) as [Tensor, Tensor];

  return {
    embed({ rows, projection, position, segment }, { ids, segments, size, width }) {
      const hidden = position.shape[1]!;
      let x = tf.gather(rows, ids as never);
      if (projection) x = tf.matMul(x, projection);
      x = tf.add(tf.reshape(x, [size, width, hidden]), tf.slice(position, [0, 0], [width, hidden]));
      x = tf.reshape(x, [size * width, hidden]);
      return segment ? tf.add(x, tf.gather(segment, segments as never)) : x;
    },

    norm(x, residual, { gamma, beta }, drop) {
      const sum = residual ? tf.add(x, drop ? dropout(residual, drop) : residual) : x;
      const centred = tf.sub(sum, tf.mean(sum, -1, true));
      const variance = tf.mean(tf.square(centred), -1, true);
      const unit = tf.mul(centred, tf.rsqrt(tf.add(variance, NORM_EPSILON)));
      return tf.add(tf.mul(unit, gamma), beta);
    },

    dropout,

    binaryLinear: (x, threshold, variables) => binaryProduct(sign(tf.sub(x, threshold)), variables),

    linear,

    signScores(qkv, scale) {
      const [q, k, v] = tf.split(qkv, 3, 1);
      const heads = scale.shape[0]!;
      const perHead = tf.reshape(sign(q), [q.shape[0]!, heads, -1]);
      return tf.concat([tf.reshape(tf.mul(perHead, tf.reshape(scale, [heads, 1])), q.shape), sign(k), v], 1);
    },

    attention(qkv, batch, heads) {
      const { size, width } = batch;
      const hidden = qkv.shape[1]! / 3;
      const each = hidden / heads;
      const perHead = (x: Tensor) =>
        tf.reshape(tf.transpose(tf.reshape(x, [size, width, heads, each]), [0, 2, 1, 3]), [
          size * heads,
          width,
          each,
        ]);
      const [q, k, v] = tf.split(qkv, 3, 1).map(perHead);
      const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(each));
      const masked = tf.add(tf.reshape(scores, [size, heads * width, width]), keyMask(tf, batch));
      const probabilities = tf.softmax(tf.reshape(masked, [size * heads, width, width]));
      const context = tf.reshape(tf.matMul(probabilities, v), [size, heads, width, each]);
      return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [size * width, hidden]);
    },

    binarySlfn(hidden, gate, value) {
      const [forget, learn] = halves(hidden);
      const open = ablation === 'signed-gate' ? sign(forget) : step(forget);
      return tf.mul(binaryProduct(open, gate), binaryProduct(sign(learn), value));
    },

    floatSlfn(hidden, gate, value) {
      const [forget, learn] = halves(hidden);
      return tf.mul(linear(tf.sigmoid(forget), gate), linear(tf.tanh(learn), value));
    },

    lightRecurrence(gates, batch) {
      const { size, width } = batch;
      const d = gates.shape[1]! / 2;
      const [g, value] = halves(gates).map((x) => tf.reshape(x, [size, width, d]));
      const forget = tf.clipByValue(tf.add(tf.mul(g, FORGET_SLOPE), FORGET_CENTRE), 0, 1);
      const own = tf.reshape(tf.cast(ownTokens(tf, batch), 'float32'), [size, width, 1]);
      // A padding token gives 0 and keeps 0, so that texts begin at either end with nothing.
      const kept = tf.mul(forget, own);
      const added = tf.mul(tf.mul(tf.sub(1, forget), value), own);
      const isForward = tf.tensor1d(
        Array.from({ length: d }, (_, c) => Number((c & BACKWARD_CHANNEL) === 0)),
      );
      const run = (steps: number[]) => {
        const states: Tensor[] = [];
        let h: Tensor = tf.zeros([size, 1, d]);
        for (const t of steps) {
          const at = (x: Tensor) => tf.slice(x, [0, t, 0], [size, 1, d]);
          h = tf.add(tf.mul(at(kept), h), at(added));
          states[t] = h;
        }
        return tf.concat(states, 1);
      };
      const steps = Array.from({ length: width }, (_, t) => t);
      const forwards = tf.mul(run(steps), isForward);
      const backwards = tf.mul(run([...steps].reverse()), tf.sub(1, isForward));
      return tf.reshape(tf.add(forwards, backwards), [size * width, d]);
    },

    pool(x, batch) {
      const { size, width, lengths } = batch;
      const present = tf.reshape(tf.cast(ownTokens(tf, batch), 'float32'), [size, width, 1]);
      const sums = tf.sum(tf.mul(tf.reshape(x, [size, width, x.shape[1]!]), present), 1);
      return tf.div(sums, tf.reshape(tf.cast(lengths, 'float32'), [size, 1]));
    },

    head: linear,

    lookup: (rows, { ids }) => tf.gather(rows, ids as never),

    recurrent(x, { input, state, bias }, batch, backwards) {
      const { size, width } = batch;
      const units = state.shape[1]!;
      const gates = tf.reshape(tf.add(tf.matMul(x, input, false, true), bias), [size, width, 3 * units]);
      const own = tf.cast(ownTokens(tf, batch), 'float32');
      const steps = Array.from({ length: width }, (_, t) => (backwards ? width - 1 - t : t));
      let h: Tensor = tf.zeros([size, units]);
      const states: Tensor[] = [];
      for (const t of steps) {
        const ofInput = tf.split(tf.reshape(tf.slice(gates, [0, t, 0], [size, 1, -1]), [size, -1]), 3, 1);
        const ofState = tf.split(tf.matMul(h, state, false, true), 3, 1);
        const reset = tf.sigmoid(tf.add(ofInput[0], ofState[0]));
        const update = tf.sigmoid(tf.add(ofInput[1], ofState[1]));
        const fresh = tf.tanh(tf.add(ofInput[2], tf.mul(reset, ofState[2])));
        const next = tf.add(tf.mul(tf.sub(1, update), fresh), tf.mul(update, h));
        const present = tf.slice(own, [0, t], [size, 1]);
        h = tf.add(tf.mul(present, next), tf.mul(tf.sub(1, present), h));
        states[t] = tf.reshape(h, [size, 1, units]);
      }
      const all = tf.concat(states, 1);
      const present = tf.reshape(own, [size, width, 1]);
      const most = tf.max(tf.add(all, tf.mul(tf.sub(1, present), -1e9)), 1);
      const lengths = tf.reshape(tf.cast(batch.lengths, 'float32'), [size, 1]);
      return tf.concat([most, tf.div(tf.sum(tf.mul(all, present), 1), lengths)], 1);
    },

    // tfjs's own tape frees what it saved.
    release() {},
  };
}

/** [size, width] of true on a text's own tokens, false on padding. */
function ownTokens(tf: Tf, { size, width, lengths }: BatchTensors): Tensor {
  return tf.less(tf.range(0, width, 1, 'int32'), tf.reshape(lengths, [size, 1]));
}

/** [size, 1, width] to be added to scores: 0 on a text's own tokens, far below on padding. */
function keyMask(tf: Tf, batch: BatchTensors): Tensor {
  const padding = tf.cast(tf.logicalNot(ownTokens(tf, batch)), 'float32');
  return tf.reshape(tf.mul(padding, -1e9), [batch.size, 1, batch.width]);
}

/** 0 or 1 / (1 - rate), element by element, by the same hash as the kernels. */
function dropMask(tf: Tf, shape: number[], { rate, key }: Drop): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const threshold = dropThreshold(rate);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i++) mask[i] = keeps(key, i, threshold) ? 1 / (1 - rate) : 0;
  return tf.tensor(mask, shape);
}

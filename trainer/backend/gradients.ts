/**
 * Gradients of the tfjs operations that the plain layers use. tfjs-core's bundle for Node leaves
 * them to the larger union package, so those needed are given here, by tfjs's own formulas.
 */
import type { Tensor, Tf } from './tfjs.ts';

/** From the output's gradient and the saved inputs to the gradients of the inputs. */
type Rule = (dy: Tensor, saved: Tensor[], attributes: Record<string, never>) => Record<string, Tensor>;

/** Registers what is missing, once a process. */
export function registerGradients(tf: Tf): void {
  /** Sums a gradient over the axes along which an input was broadcast. */
  const like = (input: Tensor, gradient: Tensor) => {
    const axes = tf.broadcast_util.getReductionAxes(input.shape, gradient.shape);
    return axes.length > 0 ? tf.reshape(tf.sum(gradient, axes), input.shape) : gradient;
  };
  /** Spreads the gradient of a reduction over the axes that it removed. */
  const spread = (dy: Tensor, input: Tensor, axis: number[]) => {
    const kept = input.shape.slice();
    for (const a of tf.util.parseAxisParam(axis, input.shape)) kept[a] = 1;
    return tf.mul(tf.reshape(dy, kept), tf.ones(input.shape));
  };
  const add = (name: string, inputsToSave: string[], rule: Rule, outputsToSave: boolean[] = []) => {
    if (tf.getGradient(name)) return;
    tf.registerGradient({
      kernelName: name,
      inputsToSave,
      outputsToSave,
      gradFunc: (dy, saved, attributes) => {
        const all = rule(dy as Tensor, saved as Tensor[], attributes as never);
        return Object.fromEntries(Object.entries(all).map(([input, gradient]) => [input, () => gradient]));
      },
    });
  };

  add('Identity', ['x'], (dy) => ({ x: dy }));
  add('Cast', ['x'], (dy) => ({ x: dy }));
  add('Reshape', ['x'], (dy, [x]) => ({ x: tf.reshape(dy, x.shape) }));
  add('Add', ['a', 'b'], (dy, [a, b]) => ({ a: like(a, dy), b: like(b, dy) }));
  add('Sub', ['a', 'b'], (dy, [a, b]) => ({ a: like(a, dy), b: tf.neg(like(b, dy)) }));
  add('Multiply', ['a', 'b'], (dy, [a, b]) => ({ a: like(a, tf.mul(dy, b)), b: like(b, tf.mul(dy, a)) }));
  add('RealDiv', ['a', 'b'], (dy, [a, b]) => ({
    a: like(a, tf.div(dy, b)),
    b: tf.neg(tf.div(like(b, tf.mul(dy, a)), tf.square(b))),
  }));
  add('Abs', ['x'], (dy, [x]) => ({ x: tf.mul(dy, tf.sign(x)) }));
  add('ClipByValue', ['x'], (dy, [x], { clipValueMin, clipValueMax }) => ({
    x: tf.mul(dy, tf.cast(tf.logicalAnd(tf.greater(x, clipValueMin), tf.less(x, clipValueMax)), 'float32')),
  }));
  add('Square', ['x'], (dy, [x]) => ({ x: tf.mul(dy, tf.mul(x, 2)) }));
  add('Rsqrt', ['x'], (dy, [x]) => ({ x: tf.neg(tf.div(dy, tf.mul(tf.pow(x, 1.5), 2))) }));
  add('Sigmoid', [], (dy, [y]) => ({ x: tf.mul(dy, tf.mul(y, tf.sub(1, y))) }), [true]);
  add('Tanh', [], (dy, [y]) => ({ x: tf.mul(tf.sub(1, tf.square(y)), dy) }), [true]);
  add(
    'Softmax',
    [],
    (dy, [y], { dim }) => {
      const product = tf.mul(dy, y);
      return { logits: tf.sub(product, tf.mul(tf.sum(product, [dim], true), y)) };
    },
    [true],
  );
  add('Sum', ['x'], (dy, [x], { axis }) => ({ x: spread(dy, x, axis) }));
  add('Mean', ['x'], (dy, [x], { axis }) => ({ x: tf.div(spread(dy, x, axis), x.size / dy.size) }));
  add('Transpose', [], (dy, _, { perm }) => ({
    x: tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm)),
  }));
  add('Slice', ['x'], (dy, [x], { begin, size }) => {
    const [from, count] = tf.slice_util.parseSliceParams(x, begin, size);
    return { x: tf.pad(dy, from.map((at, i) => [at, x.shape[i] - at - count[i]]) as never) };
  });
  add(
    'Max',
    ['x'],
    (dy, [x, y], { reductionIndices }) => {
      const kept = x.shape.slice();
      for (const a of tf.util.parseAxisParam(reductionIndices, x.shape)) kept[a] = 1;
      return { x: tf.mul(spread(dy, x, reductionIndices), tf.equal(x, tf.reshape(y, kept))) };
    },
    [true],
  );
  if (!tf.getGradient('Concat')) {
    tf.registerGradient({
      kernelName: 'Concat',
      saveAllInputs: true,
      gradFunc: (dy, saved, attributes) => {
        const { axis } = attributes as unknown as { axis: number };
        const at = tf.util.parseAxisParam(axis, saved[0].shape)[0];
        const sizes = saved.map(({ shape }) => shape[at]);
        return tf.split(dy as Tensor, sizes, at).map((part) => () => part) as never;
      },
    });
  }
  add('SplitV', [], (dy, _, { axis }) => ({ x: tf.concat(dy as never, axis) }));
  add('GatherV2', ['x', 'indices'], (dy, [x, indices]) => {
    const values = tf.reshape(dy, [indices.size, ...x.shape.slice(1)]);
    const flat = tf.reshape(indices, [indices.size]);
    return { x: tf.unsortedSegmentSum(values, flat as never, x.shape[0]), indices };
  });
  add('BatchMatMul', ['a', 'b'], (dy, [a, b], { transposeA, transposeB }) => {
    if (transposeA) throw new Error('the plain layers do not transpose the first factor');
    return transposeB
      ? { a: tf.matMul(dy, b), b: tf.matMul(dy, a, true, false) }
      : { a: tf.matMul(dy, b, false, true), b: tf.matMul(a, dy, true, false) };
  });
}

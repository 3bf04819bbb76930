/** The binarized linear layer and the binarized SLFN. */
import type { KernelMemory } from '../backend/memory.ts';
import type { Tf } from '../backend/tfjs.ts';
import { apply, defineKernel } from './define.ts';
import type { Operations } from './operations.ts';

export function binaryOperations(
  tf: Tf,
  memory: KernelMemory,
): Pick<Operations, 'binaryLinear' | 'binarySlfn'> {
  const { kernels, address, output, scratch } = memory;

  /** [signs of x - theta] */
  const threshold = defineKernel(tf, 'BeexThreshold', ([x, theta]) => {
    const bits = output(x.shape);
    kernels.signShifted(address(x), address(theta), address(bits), x.shape[0], x.shape[1]);
    return [bits];
  });

  /** dx, dtheta from the gradient of the signs. */
  const thresholdBackward = defineKernel(tf, 'BeexThresholdBackward', ([dbits, x, theta]) => {
    const [M, K] = x.shape;
    const dx = output(x.shape);
    const dtheta = output([K]);
    kernels.surrogateShifted(address(dbits), address(x), address(theta), address(dx), address(dtheta), M, K);
    return [dx, dtheta];
  });

  /** [y, signs of the weights, mean magnitudes] */
  const product = defineKernel(tf, 'BeexBinaryProduct', ([bits, weight, gain, bias]) => {
    const [M, K] = bits.shape;
    const J = weight.shape[0];
    const y = output([M, J]);
    const signs = output([J, K]);
    const mean = output([J]);
    kernels.signRows(address(weight), address(signs), address(mean), J, K);
    kernels.gemm(address(bits), K, 0, address(signs), K, 1, address(y), J, M, J, K, scratch(32 * K), 1);
    kernels.scaleBias(address(y), address(gain), address(mean), address(bias), M, J);
    return [y, signs, mean];
  });

  /** [dbits, dweight, dgain, dbias] */
  const productBackward = defineKernel(
    tf,
    'BeexBinaryProductBackward',
    ([dy, bits, weight, gain, signs, mean]) => {
      const [M, K] = bits.shape;
      const J = weight.shape[0];
      const dbits = output([M, K]);
      const dweight = output([J, K]);
      const dgain = output([J]);
      const dbias = output([J]);
      const scaled = scratch(4 * M * J + 32 * Math.max(M, J));
      const panel = scaled + 4 * M * J;
      kernels.scaleColumns(address(dy), address(gain), address(mean), scaled, M, J);
      kernels.gemm(scaled, J, 0, address(signs), K, 0, address(dbits), K, M, K, J, panel, 1);
      kernels.gemm(address(dy), J, 1, address(bits), K, 0, address(dweight), K, J, K, M, panel, 1);
      kernels.binaryWeightGradient(
        address(dweight),
        address(weight),
        address(gain),
        address(mean),
        address(dgain),
        J,
        K,
      );
      kernels.columnSums(address(dy), address(dbias), M, J, 1);
      return [dbits, dweight, dgain, dbias];
    },
  );

  const hiddenBits = defineKernel(tf, 'BeexHiddenBits', ([hidden]) => {
    const M = hidden.shape[0];
    const f = hidden.shape[1] / 2;
    const step = output([M, f]);
    const sign = output([M, f]);
    kernels.hiddenToBits(address(hidden), address(step), address(sign), M, f);
    return [step, sign];
  });

  const hiddenBackward = defineKernel(tf, 'BeexHiddenBackward', ([dstep, dsign, hidden]) => {
    const [M, f] = dstep.shape;
    const dhidden = output([M, 2 * f]);
    kernels.hiddenBackward(address(dstep), address(dsign), address(hidden), address(dhidden), M, f);
    return [dhidden];
  });

  return {
    binaryLinear: (x, theta, { weight, gain, bias }) =>
      apply(tf, [x, theta, weight, gain, bias], {
        forward([input, t, w, g, b]) {
          const [bits] = threshold([input, t], undefined);
          const [y, ...kept] = product([bits, w, g, b], undefined);
          return [y, bits, ...kept];
        },
        backward(dy, [input, t, w, g], [bits, signs, mean]) {
          const [dbits, ...rest] = productBackward([dy, bits, w, g, signs, mean], undefined);
          return [...thresholdBackward([dbits, input, t], undefined), ...rest];
        },
      }),
    binarySlfn: (hidden, gate, value) =>
      apply(tf, [hidden, gate.weight, gate.gain, gate.bias, value.weight, value.gain, value.bias], {
        forward([h, gw, gg, gb, vw, vg, vb]) {
          const [step, sign] = hiddenBits([h], undefined);
          const [left, ...keptLeft] = product([step, gw, gg, gb], undefined);
          const [right, ...keptRight] = product([sign, vw, vg, vb], undefined);
          return [tf.mul(left, right), step, sign, left, right, ...keptLeft, ...keptRight];
        },
        backward(
          dy,
          [h, gw, gg, , vw, vg],
          [step, sign, left, right, gateSigns, gateMean, valueSigns, valueMean],
        ) {
          const [dstep, ...dgate] = productBackward(
            [tf.mul(dy, right), step, gw, gg, gateSigns, gateMean],
            undefined,
          );
          const [dsign, ...dvalue] = productBackward(
            [tf.mul(dy, left), sign, vw, vg, valueSigns, valueMean],
            undefined,
          );
          return [...hiddenBackward([dstep, dsign, h], undefined), ...dgate, ...dvalue];
        },
      }),
  };
}

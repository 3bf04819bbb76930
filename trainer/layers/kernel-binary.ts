/**
 * The binarized linear layer and the binarized SLFN. Signs are packed to bits: the forward
 * product counts mismatches, the backward ones look sums up (backend/kernel/lookup.ts).
 */
import type { KernelMemory } from '../backend/memory.ts';
import type { Tensor, Tf } from '../backend/tfjs.ts';
import { apply, defineKernel } from './define.ts';
import type { Operations } from './operations.ts';

/** Which columns of x are the layer's input, and what its bits mean. */
interface Input {
  /** First column */
  from: number;
  /** K, how many columns */
  width: number;
  /** Bits are {0,1} rather than {-1,+1}. */
  zeroOne: boolean;
}

export function binaryOperations(
  tf: Tf,
  memory: KernelMemory,
): Pick<Operations, 'binaryLinear' | 'binarySlfn'> {
  const { kernels, address, output, scratch } = memory;

  /** [y, input bits, weight bits, mean magnitudes]; theta is absent where the threshold is 0 */
  const product = defineKernel<Input>(tf, 'BeexBinary', (inputs, { from, width: K, zeroOne }) => {
    const [x, weight, gain, bias, theta] = inputs;
    const [M, stride] = x.shape;
    const J = weight.shape[0];
    const y = output([M, J]);
    // Bytes of bits, kept as tensors of a quarter as many floats.
    const inputBits = output([(K * M) / 16]);
    const weightBits = output([(K * J) / 16]);
    const mean = output([J]);
    const rows = scratch((M * K + 2 * J * K) / 8);
    const weightRows = rows + (M * K) / 8;
    const panels = weightRows + (J * K) / 8;
    kernels.packActivations(
      address(x) + 4 * from,
      stride,
      theta ? address(theta) : 0,
      rows,
      address(inputBits),
      M,
      K,
    );
    kernels.packWeights(address(weight), weightRows, panels, address(weightBits), address(mean), J, K);
    kernels.countForward(
      rows,
      panels,
      address(gain),
      address(mean),
      address(bias),
      address(y),
      M,
      J,
      K,
      Number(zeroOne),
    );
    return [y, inputBits, weightBits, mean];
  });

  /** [dbits, dweight, dgain, dbias] */
  const productBackward = defineKernel<Input>(tf, 'BeexBinaryBackward', (inputs, { width: K, zeroOne }) => {
    const [dy, weight, gain, inputBits, weightBits, mean] = inputs;
    const [M, J] = dy.shape;
    const dbits = output([M, K]);
    const dweight = output([J, K]);
    const dgain = output([J]);
    const dbias = output([J]);
    const room = scratch(kernels.lookupScratch(J, K));
    kernels.lookupRows(
      address(dy),
      address(gain),
      address(mean),
      address(weightBits),
      address(dbits),
      room,
      M,
      J,
      K,
    );
    kernels.lookupColumns(address(dy), address(inputBits), address(dweight), room, M, J, K, Number(zeroOne));
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
  });

  /** [dx, dtheta] from the gradient of the signs */
  const thresholdBackward = defineKernel(tf, 'BeexThresholdBackward', ([dbits, x, theta]) => {
    const [M, K] = x.shape;
    const dx = output(x.shape);
    const dtheta = output([K]);
    kernels.surrogateShifted(address(dbits), address(x), address(theta), address(dx), address(dtheta), M, K);
    return [dx, dtheta];
  });

  const hiddenBackward = defineKernel(tf, 'BeexHiddenBackward', ([dstep, dsign, hidden]) => {
    const [M, f] = dstep.shape;
    const dhidden = output([M, 2 * f]);
    kernels.hiddenBackward(address(dstep), address(dsign), address(hidden), address(dhidden), M, f);
    return [dhidden];
  });

  return {
    binaryLinear(x, theta, { weight, gain, bias }) {
      const input = { from: 0, width: x.shape[1]!, zeroOne: false };
      return apply(tf, [x, theta, weight, gain, bias], {
        forward: ([given, t, w, g, b]) => product([given, w, g, b, t], input),
        backward(dy, [given, t, w, g], kept) {
          const [dbits, ...rest] = productBackward([dy, w, g, ...kept], input);
          return [...thresholdBackward([dbits, given, t], undefined), ...rest];
        },
      });
    },

    binarySlfn(hidden, gate, value) {
      const f = hidden.shape[1]! / 2;
      const steps = { from: 0, width: f, zeroOne: true };
      const signs = { from: f, width: f, zeroOne: false };
      const inputs = [hidden, gate.weight, gate.gain, gate.bias, value.weight, value.gain, value.bias];
      return apply(tf, inputs, {
        forward([h, gateWeight, gateGain, gateBias, valueWeight, valueGain, valueBias]) {
          const left = product([h, gateWeight, gateGain, gateBias], steps);
          const right = product([h, valueWeight, valueGain, valueBias], signs);
          return [tf.mul(left[0], right[0]), ...left, ...right];
        },
        backward(dy, [h, gateWeight, gateGain, , valueWeight, valueGain], kept) {
          const [left, ...keptLeft] = kept.slice(0, 4) as [Tensor, ...Tensor[]];
          const [right, ...keptRight] = kept.slice(4) as [Tensor, ...Tensor[]];
          const [dstep, ...dgate] = productBackward(
            [tf.mul(dy, right), gateWeight, gateGain, ...keptLeft],
            steps,
          );
          const [dsign, ...dvalue] = productBackward(
            [tf.mul(dy, left), valueWeight, valueGain, ...keptRight],
            signs,
          );
          return [...hiddenBackward([dstep, dsign, h], undefined), ...dgate, ...dvalue];
        },
      });
    },
  };
}

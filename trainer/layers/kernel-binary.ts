/**
 * The binarized linear layer and the binarized SLFN. Signs are packed to bits: the forward
 * product counts mismatches, the backward ones look sums up (backend/kernel/lookup.ts).
 */
import type { KernelMemory } from '../backend/memory.ts';
import type { TensorInfo, Tf } from '../backend/tfjs.ts';
import type { Ablation } from './config.ts';
import { defineKernel, type Recorder } from './define.ts';
import type { Operations } from './operations.ts';

/** Which columns of x are the layer's input, and what its bits mean. */
interface Input {
  /** First column */
  from: number;
  /** K, how many columns */
  width: number;
  /** Bits are {0,1} rather than {-1,+1}. */
  zeroOne: boolean;
  /** Kernels are shared by all models of a process, so each call says what its own leaves out. */
  ablation: Ablation | undefined;
}

export function binaryOperations(
  tf: Tf,
  memory: KernelMemory,
  recorder: Recorder,
  ablation: Ablation | undefined,
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

  /** Writes dx into its columns of the tensor given, and dtheta; returns [dweight, dgain, dbias]. */
  const backward = (
    [dy, x, weight, gain, inputBits, weightBits, mean]: TensorInfo[],
    { from, width: K, zeroOne, ablation }: Input,
    dx: TensorInfo,
    theta?: TensorInfo,
    dtheta?: TensorInfo,
  ): TensorInfo[] => {
    const [M, J] = dy.shape;
    const dweight = output([J, K]);
    const dgain = output([J]);
    const dbias = output([J]);
    const room = scratch(kernels.lookupScratch(J, K));
    const clipped = Number(ablation === 'clipped-surrogate');
    kernels.lookupRows(
      address(dy),
      address(gain),
      address(mean),
      address(weightBits),
      address(x) + 4 * from,
      theta ? address(theta) : 0,
      address(dx) + 4 * from,
      dtheta ? address(dtheta) : 0,
      x.shape[1],
      // The step's surrogate is half of the sign's.
      zeroOne ? 0.5 : 1,
      room,
      M,
      J,
      K,
      clipped,
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
      clipped,
      Number(ablation === 'constant-magnitude'),
    );
    kernels.columnSums(address(dy), address(dbias), M, J, 1);
    return [dweight, dgain, dbias];
  };

  /** [dx, dtheta, dweight, dgain, dbias] */
  const linearBackward = defineKernel<Input>(tf, 'BeexBinaryBackward', ([theta, ...inputs], input) => {
    const dx = output(inputs[1].shape);
    const dtheta = output(theta.shape);
    return [dx, dtheta, ...backward(inputs, input, dx, theta, dtheta)];
  });

  /** [dhidden, then dweight, dgain, dbias of the gate, then of the value] */
  const slfnBackward = defineKernel<[Input, Input]>(tf, 'BeexSlfnBackward', (inputs, [steps, signs]) => {
    const dhidden = output(inputs[1].shape);
    const gate = backward(inputs.slice(0, 7), steps, dhidden);
    return [dhidden, ...gate, ...backward(inputs.slice(7), signs, dhidden)];
  });

  return {
    binaryLinear(x, theta, { weight, gain, bias }) {
      const input = { from: 0, width: x.shape[1]!, zeroOne: false, ablation };
      return recorder.apply([x, theta, weight, gain, bias], {
        forward: ([given, t, w, g, b]) => product([given, w, g, b, t], input),
        backward: (dy, [given, t, w, g], kept) => linearBackward([t, dy, given, w, g, ...kept], input),
      });
    },

    binarySlfn(hidden, gate, value) {
      const f = hidden.shape[1]! / 2;
      const steps = { from: 0, width: f, zeroOne: ablation !== 'signed-gate', ablation };
      const signs = { from: f, width: f, zeroOne: false, ablation };
      const inputs = [hidden, gate.weight, gate.gain, gate.bias, value.weight, value.gain, value.bias];
      return recorder.apply(inputs, {
        forward([h, gateWeight, gateGain, gateBias, valueWeight, valueGain, valueBias]) {
          const left = product([h, gateWeight, gateGain, gateBias], steps);
          const right = product([h, valueWeight, valueGain, valueBias], signs);
          return [tf.mul(left[0], right[0]), ...left, ...right];
        },
        backward(dy, [h, gateWeight, gateGain, , valueWeight, valueGain], kept) {
          const [left, ...keptLeft] = kept.slice(0, 4);
          const [right, ...keptRight] = kept.slice(4);
          return slfnBackward(
            [
              ...[tf.mul(dy, right), h, gateWeight, gateGain, ...keptLeft],
              ...[tf.mul(dy, left), h, valueWeight, valueGain, ...keptRight],
            ],
            [steps, signs],
          );
        },
      });
    },
  };
}

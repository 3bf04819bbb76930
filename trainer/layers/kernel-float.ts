/** The float twin's linear layer and SLFN. */
import type { KernelMemory } from '../backend/memory.ts';
import type { Tf } from '../backend/tfjs.ts';
import { defineKernel, type Recorder } from './define.ts';
import type { Operations } from './operations.ts';

export function floatOperations(
  tf: Tf,
  memory: KernelMemory,
  recorder: Recorder,
): Pick<Operations, 'linear' | 'floatSlfn'> {
  const { kernels, address, output, scratch } = memory;

  const linearForward = defineKernel(tf, 'BeexLinear', ([x, weight, bias]) => {
    const [M, K] = x.shape;
    const J = weight.shape[0];
    const y = output([M, J]);
    kernels.gemm(
      address(x),
      K,
      0,
      address(weight),
      K,
      1,
      address(y),
      J,
      M,
      J,
      K,
      scratch(kernels.gemmScratch(M, K)),
      1,
    );
    kernels.addBias(address(y), address(bias), M, J);
    return [y];
  });

  const linearBackward = defineKernel(tf, 'BeexLinearBackward', ([dy, x, weight]) => {
    const [M, K] = x.shape;
    const J = weight.shape[0];
    const dx = output([M, K]);
    const dweight = output([J, K]);
    const dbias = output([J]);
    const panel = scratch(Math.max(kernels.gemmScratch(M, J), kernels.gemmScratch(J, M)));
    kernels.gemm(address(dy), J, 0, address(weight), K, 0, address(dx), K, M, K, J, panel, 1);
    kernels.gemm(address(dy), J, 1, address(x), K, 0, address(dweight), K, J, K, M, panel, 1);
    kernels.columnSums(address(dy), address(dbias), M, J, 1);
    return [dx, dweight, dbias];
  });

  const activate = defineKernel(tf, 'BeexSigmoidTanh', ([hidden]) => {
    const M = hidden.shape[0];
    const f = hidden.shape[1] / 2;
    const gate = output([M, f]);
    const value = output([M, f]);
    kernels.sigmoidTanh(address(hidden), address(gate), address(value), M, f);
    return [gate, value];
  });

  const activateBackward = defineKernel(tf, 'BeexSigmoidTanhBackward', ([dgate, dvalue, gate, value]) => {
    const [M, f] = gate.shape;
    const dhidden = output([M, 2 * f]);
    kernels.sigmoidTanhBackward(
      address(dgate),
      address(dvalue),
      address(gate),
      address(value),
      address(dhidden),
      M,
      f,
    );
    return [dhidden];
  });

  return {
    linear: (x, { weight, bias }) =>
      recorder.apply([x, weight, bias], {
        forward: (inputs) => linearForward(inputs, undefined),
        backward: (dy, [input, w]) => linearBackward([dy, input, w], undefined),
      }),
    floatSlfn: (hidden, gate, value) =>
      recorder.apply([hidden, gate.weight, gate.bias, value.weight, value.bias], {
        forward([h, gateWeight, gateBias, valueWeight, valueBias]) {
          const [s, t] = activate([h], undefined);
          const [left] = linearForward([s, gateWeight, gateBias], undefined);
          const [right] = linearForward([t, valueWeight, valueBias], undefined);
          return [tf.mul(left, right), s, t, left, right];
        },
        backward(dy, [, gateWeight, , valueWeight], [s, t, left, right]) {
          const [ds, ...dgate] = linearBackward([tf.mul(dy, right), s, gateWeight], undefined);
          const [dt, ...dvalue] = linearBackward([tf.mul(dy, left), t, valueWeight], undefined);
          return [...activateBackward([ds, dt, s, t], undefined), ...dgate, ...dvalue];
        },
      }),
  };
}

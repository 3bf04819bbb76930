/** Signs of queries and keys by kernel; see backend/kernel/binary-scores.ts. */
import type { KernelMemory } from '../backend/memory.ts';
import type { TensorInfo, Tf } from '../backend/tfjs.ts';
import type { Ablation } from './config.ts';
import { defineKernel, type Recorder } from './define.ts';
import type { Operations } from './operations.ts';

interface Attributes {
  /** Kernels are shared by all models of a process, so each call says what its own leaves out. */
  clipped: boolean;
}

export function binaryScoresOperation(
  tf: Tf,
  memory: KernelMemory,
  recorder: Recorder,
  ablation: Ablation | undefined,
): Pick<Operations, 'signScores'> {
  const { kernels, address, output } = memory;
  const attributes = { clipped: ablation === 'clipped-surrogate' };

  /** M, heads and the size of a head */
  const sizes = ({ shape: [M, columns] }: TensorInfo, { shape: [heads] }: TensorInfo) =>
    [M, heads, columns / 3 / heads] as const;

  const forward = defineKernel<Attributes>(tf, 'BeexSignScores', ([qkv, scale]) => {
    const y = output(qkv.shape);
    kernels.signScoresForward(address(qkv), address(scale), address(y), ...sizes(qkv, scale));
    return [y];
  });

  /** [dqkv, dscale] */
  const backward = defineKernel<Attributes>(tf, 'BeexSignScoresBackward', (inputs, { clipped }) => {
    const [, qkv, scale] = inputs;
    const gradients = [output(qkv.shape), output(scale.shape)];
    const addresses = [...inputs, ...gradients].map(address);
    kernels.signScoresBackward(...addresses, ...sizes(qkv, scale), Number(clipped));
    return gradients;
  });

  return {
    signScores: (qkv, scale) =>
      recorder.apply([qkv, scale], {
        forward: (inputs) => forward(inputs, attributes),
        backward: (dy, inputs) => backward([dy, ...inputs], attributes),
      }),
  };
}

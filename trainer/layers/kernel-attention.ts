/** Softmax attention. */
import type { KernelMemory } from '../backend/memory.ts';
import type { Tf } from '../backend/tfjs.ts';
import { defineKernel, type Recorder } from './define.ts';
import type { Operations } from './operations.ts';

interface Shape {
  size: number;
  width: number;
  heads: number;
}

export function attentionOperation(
  tf: Tf,
  memory: KernelMemory,
  recorder: Recorder,
): Pick<Operations, 'attention'> {
  const { kernels, address, output, scratch } = memory;

  const forward = defineKernel<Shape>(tf, 'BeexAttention', ([qkv, lengths], { size, width, heads }) => {
    const hidden = qkv.shape[1] / 3;
    const each = hidden / heads;
    const context = output([size * width, hidden]);
    const probabilities = output([size * heads, width, width]);
    kernels.attentionForward(
      address(qkv),
      address(lengths),
      address(context),
      address(probabilities),
      scratch(kernels.attentionScratch(width, each)),
      size,
      width,
      heads,
      each,
    );
    return [context, probabilities];
  });

  const backward = defineKernel<Shape>(
    tf,
    'BeexAttentionBackward',
    ([dy, qkv, probabilities], { size, width, heads }) => {
      const each = qkv.shape[1] / 3 / heads;
      const dqkv = output(qkv.shape);
      kernels.attentionBackward(
        address(qkv),
        address(probabilities),
        address(dy),
        address(dqkv),
        scratch(kernels.attentionScratch(width, each)),
        size,
        width,
        heads,
        each,
      );
      return [dqkv];
    },
  );

  return {
    attention(qkv, { lengths, size, width }, heads) {
      const shape = { size, width, heads };
      return recorder.apply([qkv], {
        forward: ([x]) => forward([x, lengths], shape),
        backward: (dy, [x], [probabilities]) => backward([dy, x, probabilities], shape),
      });
    },
  };
}

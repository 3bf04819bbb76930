/** Mean pooling and the exit's linear head. */
import type { KernelMemory } from '../backend/memory.ts';
import type { Tf } from '../backend/tfjs.ts';
import { defineKernel, type Recorder } from './define.ts';
import type { Operations } from './operations.ts';

interface Shape {
  size: number;
  width: number;
}

export function exitOperations(
  tf: Tf,
  memory: KernelMemory,
  recorder: Recorder,
): Pick<Operations, 'pool' | 'head'> {
  const { kernels, address, output } = memory;

  const poolForward = defineKernel<Shape>(tf, 'BeexPool', ([x, lengths], { size, width }) => {
    const d = x.shape[1];
    const y = output([size, d]);
    kernels.poolForward(address(x), address(lengths), address(y), size, width, d);
    return [y];
  });

  const poolBackward = defineKernel<Shape>(tf, 'BeexPoolBackward', ([dy, lengths], { size, width }) => {
    const d = dy.shape[1];
    const dx = output([size * width, d]);
    kernels.poolBackward(address(dy), address(lengths), address(dx), size, width, d);
    return [dx];
  });

  const headForward = defineKernel(tf, 'BeexHead', ([x, weight, bias]) => {
    const [B, d] = x.shape;
    const C = weight.shape[0];
    const y = output([B, C]);
    kernels.headForward(address(x), address(weight), address(bias), address(y), B, C, d);
    return [y];
  });

  const headBackward = defineKernel(tf, 'BeexHeadBackward', ([dy, x, weight]) => {
    const [B, d] = x.shape;
    const C = weight.shape[0];
    const dx = output([B, d]);
    const dweight = output([C, d]);
    const dbias = output([C]);
    kernels.headBackward(
      address(dy),
      address(x),
      address(weight),
      address(dx),
      address(dweight),
      address(dbias),
      B,
      C,
      d,
    );
    return [dx, dweight, dbias];
  });

  return {
    pool: (x, { lengths, size, width }) =>
      recorder.apply([x], {
        forward: ([input]) => poolForward([input, lengths], { size, width }),
        backward: (dy) => poolBackward([dy, lengths], { size, width }),
      }),
    head: (pooled, { weight, bias }) =>
      recorder.apply([pooled, weight, bias], {
        forward: (inputs) => headForward(inputs, undefined),
        backward: (dy, [x, w]) => headBackward([dy, x, w], undefined),
      }),
  };
}

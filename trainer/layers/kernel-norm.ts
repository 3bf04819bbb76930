/** LayerNorm of a residual sum, and dropout. */
import type { KernelMemory } from '../backend/memory.ts';
import type { Tf } from '../backend/tfjs.ts';
import { type Drop, dropThreshold } from '../random.ts';
import { defineKernel, type Recorder } from './define.ts';
import type { Operations } from './operations.ts';

/** Key, threshold and scale as the kernels take them; a threshold of 0 drops nothing. */
function dropNumbers(drop: Drop | undefined): [number, number, number] {
  return drop ? [drop.key, dropThreshold(drop.rate), 1 / (1 - drop.rate)] : [0, 0, 1];
}

export function normOperations(
  tf: Tf,
  memory: KernelMemory,
  recorder: Recorder,
): Pick<Operations, 'norm' | 'dropout'> {
  const { kernels, address, output } = memory;

  const normForward = defineKernel<Drop | undefined>(tf, 'BeexNorm', (inputs, drop) => {
    const [x, gamma, beta, residual] = inputs;
    const [M, N] = x.shape;
    const y = output([M, N]);
    const unit = output([M, N]);
    const inverse = output([M]);
    kernels.normForward(
      address(x),
      residual ? address(residual) : 0,
      address(gamma),
      address(beta),
      address(y),
      address(unit),
      address(inverse),
      M,
      N,
      ...dropNumbers(drop),
    );
    return [y, unit, inverse];
  });

  const normBackward = defineKernel<{ drop: Drop | undefined; residual: boolean }>(
    tf,
    'BeexNormBackward',
    ([dy, gamma, unit, inverse], { drop, residual }) => {
      const [M, N] = dy.shape;
      const dx = output([M, N]);
      const dgamma = output([N]);
      const dbeta = output([N]);
      const dresidual = residual ? output([M, N]) : undefined;
      kernels.normBackward(
        address(dy),
        address(unit),
        address(inverse),
        address(gamma),
        address(dx),
        dresidual ? address(dresidual) : 0,
        address(dgamma),
        address(dbeta),
        M,
        N,
        ...dropNumbers(drop),
      );
      return dresidual ? [dx, dgamma, dbeta, dresidual] : [dx, dgamma, dbeta];
    },
  );

  const dropout = defineKernel<Drop>(tf, 'BeexDropout', ([x], drop) => {
    const y = output(x.shape);
    kernels.dropout(
      address(x),
      address(y),
      x.shape.reduce((n, size) => n * size, 1),
      ...dropNumbers(drop),
    );
    return [y];
  });

  return {
    norm: (x, residual, { gamma, beta }, drop) =>
      recorder.apply(residual ? [x, gamma, beta, residual] : [x, gamma, beta], {
        forward: (inputs) => normForward(inputs, drop),
        backward: (dy, [, gammaSaved], [unit, inverse]) =>
          normBackward([dy, gammaSaved, unit, inverse], { drop, residual: residual !== undefined }),
      }),
    dropout: (x, drop) =>
      recorder.apply([x], {
        forward: (inputs) => dropout(inputs, drop),
        backward: (dy) => dropout([dy], drop),
      }),
  };
}

/** The light recurrence by kernel; see backend/kernel/light-recurrence.ts. */
import type { KernelMemory } from '../backend/memory.ts';
import type { Tf } from '../backend/tfjs.ts';
import { defineKernel, type Recorder } from './define.ts';
import type { Operations } from './operations.ts';

interface Shape {
  size: number;
  width: number;
}

export function lightRecurrenceOperation(
  tf: Tf,
  memory: KernelMemory,
  recorder: Recorder,
): Pick<Operations, 'lightRecurrence'> {
  const { kernels, address, output } = memory;

  const forward = defineKernel<Shape>(tf, 'BeexLightRecurrence', ([lengths, gates], { size, width }) => {
    const d = gates.shape[1] / 2;
    const y = output([gates.shape[0], d]);
    kernels.lightRecurrenceForward(address(gates), address(lengths), address(y), size, width, d);
    return [y];
  });

  const backward = defineKernel<Shape>(tf, 'BeexLightRecurrenceBackward', (inputs, { size, width }) => {
    const [dy, lengths, gates, y] = inputs;
    const dgates = output(gates.shape);
    const texts = [size, width, y.shape[1]];
    const addresses = [dy, gates, y, lengths, dgates].map(address);
    kernels.lightRecurrenceBackward(...addresses, ...texts);
    return [dgates];
  });

  return {
    lightRecurrence(gates, { lengths, size, width }) {
      const shape = { size, width };
      return recorder.apply([gates], {
        forward(inputs) {
          // The first is the caller's to dispose; the second, of the same memory, is kept for the backward pass.
          const [y] = forward([lengths, ...inputs], shape);
          return [y, tf.reshape(y, y.shape)];
        },
        backward: (dy, [given], [y]) => backward([dy, lengths, given, y], shape),
      });
    },
  };
}

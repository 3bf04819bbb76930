/** Bare token rows, and a gated recurrent unit over them with its states pooled: the teacher's layers. */
import type { KernelMemory } from '../backend/memory.ts';
import type { TensorInfo, Tf } from '../backend/tfjs.ts';
import { defineKernel, type Recorder } from './define.ts';
import type { Operations } from './operations.ts';

interface Shape {
  size: number;
  width: number;
  backwards: boolean;
}

/** Products take texts by fours: states and gates have room for as many, the surplus is never read. */
const byFours = (size: number): number => Math.ceil(size / 4) * 4;

export function recurrentOperations(
  tf: Tf,
  memory: KernelMemory,
  recorder: Recorder,
): Pick<Operations, 'lookup' | 'recurrent'> {
  const { kernels, address, output, scratch } = memory;

  const lookupForward = defineKernel(tf, 'BeexLookup', ([ids, rows]) => {
    const [M] = ids.shape;
    const e = rows.shape[1];
    const x = output([M, e]);
    kernels.gatherRows(address(rows), address(ids), address(x), M, e);
    return [x];
  });

  const lookupBackward = defineKernel(tf, 'BeexLookupBackward', ([dx, ids, rows]) => {
    const [V, e] = rows.shape;
    const drows = output([V, e]);
    kernels.scatterRows(address(dx), address(ids), address(drows), ids.shape[0], e, V);
    return [drows];
  });

  /** [y, states, gates, winners] */
  const forward = defineKernel<Shape>(tf, 'BeexRecurrent', (inputs, shape) => {
    const [lengths, x, input, state, bias] = inputs;
    const { size, width } = shape;
    const [M, e] = x.shape;
    const u = state.shape[1];
    const rows = byFours(size);
    const y = output([size, 2 * u]);
    const states = output([rows * width, u]);
    const gates = output([M, 4 * u]);
    const winners = output([size, u]);
    const gx = scratch(4 * 3 * u * (M + rows) + kernels.gemmScratch(M, Math.max(e, u)));
    const gh = gx + 4 * 3 * u * M;
    const panel = gh + 4 * 3 * u * rows;
    kernels.gemm(address(x), e, 0, address(input), e, 1, gx, 3 * u, M, 3 * u, e, panel, 1);
    kernels.addBias(gx, address(bias), M, 3 * u);
    for (const { t, from } of steps(shape)) {
      if (from !== undefined) {
        const previous = address(states) + 4 * u * from;
        kernels.gemm(previous, width * u, 0, address(state), u, 1, gh, 3 * u, rows, 3 * u, u, panel, 1);
      }
      kernels.recurrentForward(
        ...[gx, from === undefined ? 0 : gh, address(states), address(gates), address(lengths)],
        ...[t, from ?? t, size, width, u],
      );
    }
    kernels.poolStates(address(states), address(lengths), address(y), address(winners), size, width, u);
    return [y, states, gates, winners];
  });

  /** [dx, dinput, dstate, dbias] */
  const backward = defineKernel<Shape>(tf, 'BeexRecurrentBackward', (inputs, shape) => {
    const [dy, lengths, x, input, state, states, gates, winners] = inputs;
    const { size, width, backwards } = shape;
    const [M, e] = x.shape;
    const u = state.shape[1];
    const rows = byFours(size);
    const gradients: TensorInfo[] = [x, input, state].map(({ shape: like }) => output(like));
    const dbias = output([3 * u]);
    const [dx, dinput, dstate] = gradients;
    const panelBytes = Math.max(kernels.gemmScratch(3 * u, M), kernels.gemmScratch(M, 3 * u));
    const dstates = scratch(4 * u * (M + 2 * rows + 3 * M + 3 * rows * width) + panelBytes);
    const carry = dstates + 4 * u * M;
    const product = carry + 4 * u * rows;
    const dgx = product + 4 * u * rows;
    const dgh = dgx + 4 * 3 * u * M;
    const panel = dgh + 4 * 3 * u * rows * width;
    kernels.poolStatesBackward(address(dy), address(lengths), address(winners), dstates, size, width, u);
    let later = 0;
    for (const { t, from } of steps(shape).reverse()) {
      kernels.recurrentBackward(
        ...[dstates, later, carry, address(states), address(gates), dgx, dgh, address(lengths)],
        ...[t, from ?? t, Number(from === undefined), size, width, u],
      );
      if (from === undefined) break;
      const own = dgh + 4 * 3 * u * t;
      kernels.gemm(own, 3 * u * width, 0, address(state), u, 0, product, u, rows, u, 3 * u, panel, 1);
      later = product;
    }
    // A token's gradient meets the state of the token before it, which is the row beside its own.
    // The first token's is 0, so that rows of different texts meet without effect.
    const early = backwards ? dgh : dgh + 4 * 3 * u;
    const before = address(states) + (backwards ? 4 * u : 0);
    kernels.gemm(early, 3 * u, 1, before, u, 0, address(dstate), u, 3 * u, u, M - 1, panel, 1);
    kernels.gemm(dgx, 3 * u, 1, address(x), e, 0, address(dinput), e, 3 * u, e, M, panel, 1);
    kernels.gemm(dgx, 3 * u, 0, address(input), e, 0, address(dx), e, M, e, 3 * u, panel, 1);
    kernels.columnSums(dgx, address(dbias), M, 3 * u, 1);
    return [...gradients, dbias];
  });

  return {
    lookup: (rows, { ids }) =>
      recorder.apply([rows], {
        forward: ([given]) => lookupForward([ids, given], undefined),
        backward: (dy, [given]) => lookupBackward([dy, ids, given], undefined),
      }),
    recurrent(x, { input, state, bias }, { lengths, size, width }, backwards) {
      const shape = { size, width, backwards };
      return recorder.apply([x, input, state, bias], {
        forward: (inputs) => forward([lengths, ...inputs], shape),
        backward: (dy, [given, ofInput, ofState], kept) =>
          backward([dy, lengths, given, ofInput, ofState, ...kept], shape),
      });
    },
  };
}

/** The steps in order, each with the one before it; the first has none. */
function steps({ width, backwards }: Shape): { t: number; from: number | undefined }[] {
  return Array.from({ length: width }, (_, i) => {
    const t = backwards ? width - 1 - i : i;
    return { t, from: i === 0 ? undefined : backwards ? t + 1 : t - 1 };
  });
}

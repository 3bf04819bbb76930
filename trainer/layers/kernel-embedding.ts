/** Token rows, projected where they are narrower than the model, plus positions and segments. */
import { SEGMENT_ROWS } from '../../assembly/format.ts';
import type { KernelMemory } from '../backend/memory.ts';
import type { Tensor, Tf } from '../backend/tfjs.ts';
import { defineKernel, type Recorder } from './define.ts';
import type { Operations } from './operations.ts';

interface Shape {
  size: number;
  width: number;
  projected: boolean;
  paired: boolean;
}

export function embeddingOperation(
  tf: Tf,
  memory: KernelMemory,
  recorder: Recorder,
): Pick<Operations, 'embed'> {
  const { kernels, address, output, scratch } = memory;

  const forward = defineKernel<Shape>(tf, 'BeexEmbed', (inputs, { size, width, projected, paired }) => {
    const [ids, segments, rows, position, ...rest] = inputs;
    const projection = projected ? rest.shift() : undefined;
    const segment = paired ? rest.shift() : undefined;
    const M = size * width;
    const e = rows.shape[1];
    const d = position.shape[1];
    const x = output([M, d]);
    if (projection) {
      const gathered = scratch(4 * M * e + kernels.gemmScratch(M, e));
      kernels.gatherRows(address(rows), address(ids), gathered, M, e);
      kernels.gemm(
        gathered,
        e,
        0,
        address(projection),
        d,
        0,
        address(x),
        d,
        M,
        d,
        e,
        gathered + 4 * M * e,
        1,
      );
    } else kernels.gatherRows(address(rows), address(ids), address(x), M, d);
    kernels.embedForward(
      address(x),
      address(position),
      segment ? address(segment) : 0,
      address(segments),
      size,
      width,
      d,
    );
    return [x];
  });

  const backward = defineKernel<Shape>(
    tf,
    'BeexEmbedBackward',
    (inputs, { size, width, projected, paired }) => {
      const [dx, ids, segments, rows, position, projection] = inputs;
      const M = size * width;
      const [V, e] = rows.shape;
      const [n, d] = position.shape;
      const drows = output([V, e]);
      const dposition = output([n, d]);
      const dprojection = projected ? output([e, d]) : undefined;
      const dsegment = paired ? output([SEGMENT_ROWS, d]) : undefined;
      if (dprojection) {
        const gathered = scratch(4 * M * e + Math.max(kernels.gemmScratch(e, M), kernels.gemmScratch(M, d)));
        const panel = gathered + 4 * M * e;
        kernels.gatherRows(address(rows), address(ids), gathered, M, e);
        kernels.gemm(gathered, e, 1, address(dx), d, 0, address(dprojection), d, e, d, M, panel, 1);
        kernels.gemm(address(dx), d, 0, address(projection), d, 1, gathered, e, M, e, d, panel, 1);
        kernels.scatterRows(gathered, address(ids), address(drows), M, e, V);
      } else kernels.scatterRows(address(dx), address(ids), address(drows), M, e, V);
      kernels.embedBackward(
        address(dx),
        address(dposition),
        dsegment ? address(dsegment) : 0,
        address(segments),
        size,
        width,
        d,
        n,
      );
      return [drows, dposition, ...(dprojection ? [dprojection] : []), ...(dsegment ? [dsegment] : [])];
    },
  );

  return {
    embed({ rows, projection, position, segment }, { ids, segments, size, width }) {
      const shape = { size, width, projected: projection !== undefined, paired: segment !== undefined };
      const present = [rows, position, projection, segment].filter((t): t is Tensor => t !== undefined);
      return recorder.apply(present, {
        forward: (inputs) => forward([ids, segments, ...inputs], shape),
        backward: (dy, inputs) => backward([dy, ids, segments, ...inputs], shape),
      });
    },
  };
}

// Rows of tokens, positions and segments, and the sums that carry their gradients back.
import { SEGMENT_ROWS } from '../../../assembly/format';

/** out[M,e] = rows[ids[i]]. */
export function gatherRows(rows: usize, ids: usize, out: usize, M: i32, e: i32): void {
  const row = (<usize>e) << 2;
  for (let i = 0; i < M; i++) {
    memory.copy(out, rows + <usize>i32.load(ids) * row, row);
    ids += 4;
    out += row;
  }
}

/** drows[V,e] = 0, then drows[ids[i]] += dy[i]. */
export function scatterRows(dy: usize, ids: usize, drows: usize, M: i32, e: i32, V: i32): void {
  const row = (<usize>e) << 2;
  memory.fill(drows, 0, <usize>V * row);
  for (let i = 0; i < M; i++) {
    addRow(drows + <usize>i32.load(ids) * row, dy, row);
    ids += 4;
    dy += row;
  }
}

/** x[M,d] += position[i] (+ segment[segments[i]]), in place; segment is 0 for single texts. */
export function embedForward(
  x: usize,
  position: usize,
  segment: usize,
  segments: usize,
  B: i32,
  n: i32,
  d: i32,
): void {
  const row = (<usize>d) << 2;
  for (let b = 0; b < B; b++) {
    for (let i = 0; i < n; i++) {
      addRow(x, position + <usize>i * row, row);
      if (segment) addRow(x, segment + <usize>i32.load(segments) * row, row);
      segments += 4;
      x += row;
    }
  }
}

/** dposition[rows,d], dsegment[4,d] (0 for single texts) from dx[M,d]. */
export function embedBackward(
  dx: usize,
  dposition: usize,
  dsegment: usize,
  segments: usize,
  B: i32,
  n: i32,
  d: i32,
  rows: i32,
): void {
  const row = (<usize>d) << 2;
  memory.fill(dposition, 0, <usize>rows * row);
  if (dsegment) memory.fill(dsegment, 0, row * SEGMENT_ROWS);
  for (let b = 0; b < B; b++) {
    for (let i = 0; i < n; i++) {
      addRow(dposition + <usize>i * row, dx, row);
      if (dsegment) addRow(dsegment + <usize>i32.load(segments) * row, dx, row);
      segments += 4;
      dx += row;
    }
  }
}

function addRow(to: usize, from: usize, row: usize): void {
  for (let j: usize = 0; j < row; j += 16)
    v128.store(to + j, f32x4.add(v128.load(to + j), v128.load(from + j)));
}

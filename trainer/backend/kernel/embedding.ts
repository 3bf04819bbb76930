// Rows of tokens, positions and segments, and the sums that carry their gradients back.

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

/** x[M,d] += position[i] (+ segment[0 or 1]), in place; segment is 0 for single texts. */
export function embedForward(
  x: usize,
  position: usize,
  segment: usize,
  starts: usize,
  B: i32,
  n: i32,
  d: i32,
): void {
  const row = (<usize>d) << 2;
  for (let b = 0; b < B; b++) {
    const start = segment ? i32.load(starts + ((<usize>b) << 2)) : n;
    for (let i = 0; i < n; i++) {
      addRow(x, position + <usize>i * row, row);
      if (segment) addRow(x, segment + <usize>(i >= start ? 1 : 0) * row, row);
      x += row;
    }
  }
}

/** dposition[rows,d], dsegment[2,d] (0 for single texts) from dx[M,d]. */
export function embedBackward(
  dx: usize,
  dposition: usize,
  dsegment: usize,
  starts: usize,
  B: i32,
  n: i32,
  d: i32,
  rows: i32,
): void {
  const row = (<usize>d) << 2;
  memory.fill(dposition, 0, <usize>rows * row);
  if (dsegment) memory.fill(dsegment, 0, row << 1);
  for (let b = 0; b < B; b++) {
    const start = dsegment ? i32.load(starts + ((<usize>b) << 2)) : n;
    for (let i = 0; i < n; i++) {
      addRow(dposition + <usize>i * row, dx, row);
      if (dsegment) addRow(dsegment + <usize>(i >= start ? 1 : 0) * row, dx, row);
      dx += row;
    }
  }
}

function addRow(to: usize, from: usize, row: usize): void {
  for (let j: usize = 0; j < row; j += 16)
    v128.store(to + j, f32x4.add(v128.load(to + j), v128.load(from + j)));
}

/** Probabilities [C] from logits or log-probabilities [C]. */
export function softmax(values: ArrayLike<number>): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < values.length; c++) most = Math.max(most, values[c]);
  const powers = Float64Array.from(values, (value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

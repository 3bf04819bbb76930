/**
 * The mean of a stage's weights over its last steps (stochastic weight averaging, Izmailov 2018): latent
 * weights are averaged first and binarized after. Signs that flip back and forth from step to step, which
 * is what single steps of a binarized model differ in, settle on the side where they are more often.
 */

/** Steps between two samples: neighbouring steps differ little. */
export const AVERAGE_EVERY = 8;

export class WeightAverage {
  /** Samples in the mean. */
  count: number;
  #means: Record<string, Float32Array>;

  constructor(count = 0, means: Record<string, Float32Array> = {}) {
    this.count = count;
    this.#means = means;
  }

  /** The mean so far by variable; empty before the first sample. */
  get means(): Record<string, Float32Array> {
    return this.#means;
  }

  /** Takes a sample; its arrays are kept or read, never changed by the caller afterwards. */
  add(weights: Record<string, Float32Array>): void {
    this.count++;
    if (this.count === 1) {
      this.#means = weights;
      return;
    }
    const share = 1 / this.count;
    for (const [name, mean] of Object.entries(this.#means)) {
      const sample = weights[name];
      for (let i = 0; i < mean.length; i++) mean[i] += (sample[i] - mean[i]) * share;
    }
  }
}

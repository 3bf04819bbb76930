/** How far an exit's probabilities can be believed. */
import { type Interval, wilson } from '../data/metrics.ts';

/** Texts whose probabilities lie close together. */
export interface Bin {
  texts: number;
  /** Mean of their probabilities. */
  probability: number;
  /** Share that is right, and its 95 % interval. */
  right: number;
  interval: Interval;
}

export interface Reliability {
  /** Only those that hold texts. */
  bins: Bin[];
  /**
   * Expected calibration error: the mean distance of a bin's share that is right from its mean
   * probability, bins weighing as many texts as they hold (Naeini et al., AAAI 2015).
   */
  error: number;
}

export const BINS = 10;

/** `probability` of the label given, from 1 / classes to 1, in bins of equal width; `right` says if it was. */
export function reliability(probability: number[], right: boolean[], classes: number): Reliability {
  const least = 1 / classes;
  const groups = Array.from({ length: BINS }, (): number[] => []);
  probability.forEach((p, text) => {
    const bin = Math.floor(((p - least) / (1 - least || 1)) * BINS);
    groups[Math.max(0, Math.min(BINS - 1, bin))].push(text);
  });
  const bins = groups
    .filter((texts) => texts.length > 0)
    .map((texts): Bin => {
      const rights = texts.filter((text) => right[text]).length;
      return {
        texts: texts.length,
        probability: texts.reduce((sum, text) => sum + probability[text], 0) / texts.length,
        right: rights / texts.length,
        interval: wilson(rights, texts.length),
      };
    });
  const error = bins.reduce((sum, bin) => sum + bin.texts * Math.abs(bin.right - bin.probability), 0);
  return { bins, error: error / probability.length };
}

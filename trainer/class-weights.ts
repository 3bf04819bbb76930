/** Weights that make every class count alike in the loss, however few of the texts it has. */

/** How the classes of a training set are weighed against each other. */
export const CLASS_WEIGHTS = ['none', 'balanced'] as const;
export type ClassWeighting = (typeof CLASS_WEIGHTS)[number];

/**
 * texts / (classes that occur * texts of the class), as scikit-learn's "balanced" has it: the mean over the texts
 * is 1. A class without texts gets 1, which nothing asks for.
 * @param labels class indices [texts]
 * @returns [classes]
 */
export function balancedWeights(labels: Iterable<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  let texts = 0;
  for (const label of labels) {
    counts[label]++;
    texts++;
  }
  const occurring = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 1 : texts / (occurring * count)));
}

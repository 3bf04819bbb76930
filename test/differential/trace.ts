/** What a core says of a case, to the last bit, as text: equal texts are equal answers. */
import type { Core, Input, Rule } from '../../host/core.ts';
import type { ModelParts } from '../../host/model-file/parts.ts';

export interface Answer {
  logits: ArrayLike<number>;
  probabilities: ArrayLike<number>;
  entropy: number;
}

/** One line an input: tokens, every exit's numbers under `full`, then exit and label by the file's own policy. */
export function line(
  tokens: ArrayLike<number>,
  answers: readonly Answer[],
  exit: number,
  label: number,
): string {
  const exits = answers.map(({ entropy, logits, probabilities }) =>
    [hex([entropy]), hex(logits), hex(probabilities)].join(' '),
  );
  return `${Array.from(tokens)} | ${exits.join(' | ')} | ${exit} ${label}`;
}

/** Bits of floats; those of what is no number are not pinned. */
export function hex(values: ArrayLike<number>): string {
  const floats = Float32Array.from(values);
  const words = new Uint32Array(floats.buffer);
  return Array.from(words, (word, i) => (Number.isNaN(floats[i]) ? 'NaN' : word.toString(16))).join(' ');
}

export function fullRule({ dimensions }: ModelParts): Rule {
  return { kind: 0, parameter: 0, thresholds: new Float32Array(dimensions.blocks) };
}

export function inputsOf({ dimensions }: ModelParts, texts: readonly [string, string][]): Input[] {
  return texts.map((pair) => (dimensions.segments === 2 ? pair : pair[0]));
}

export function traceOf(core: Core, parts: ModelParts, texts: readonly [string, string][]): string[] {
  return inputsOf(parts, texts).map((input) => {
    const { ids } = core.tokenize(input);
    core.setPolicy(fullRule(parts));
    core.begin(input);
    core.run();
    const entropies = core.entropies();
    const answers = entropies.map((entropy, i) => ({
      entropy,
      logits: core.logits(i + 1),
      probabilities: core.probabilities(i + 1),
    }));
    core.setPolicy(parts.policies[0]);
    core.begin(input);
    core.run();
    return line(ids, answers, core.exits(), core.label());
  });
}

/** What an exit says of x, [tokens, d]. */
import type { ExitParts } from '../../host/model-file/parts.ts';
import type { Matrix } from './layers.ts';
import { chain, exp, f, largest, ln, sum4 } from './single.ts';

export interface Answer {
  /** [C] */
  logits: Float32Array;
  /** [C] */
  probabilities: Float32Array;
  /** In nats. */
  entropy: number;
  label: number;
}

export function answer({ weight, bias }: ExitParts, x: Matrix): Answer {
  const width = x[0].length;
  const share = f(1 / x.length);
  const pooled = x[0].map((_, c) => f(chain(x.map((row) => row[c])) * share));
  const logits = bias.map((b, k) => f(sum4(pooled.map((p, c) => f(p * weight[k * width + c]))) + b));
  const most = largest(logits);
  const z = logits.map((logit) => f(logit - most));
  const powers = z.map(exp);
  const inverse = f(1 / chain(powers));
  const entropy = f(ln(chain(powers)) - f(chain(powers.map((power, k) => f(power * z[k]))) * inverse));
  return {
    logits,
    probabilities: powers.map((power) => f(power * inverse)),
    entropy: Math.max(entropy, 0),
    label: Math.max(logits.indexOf(most), 0),
  };
}

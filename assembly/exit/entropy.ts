/** Softmax of an exit's logits and its entropy in nats. */
import { exp, ln } from '../kernel/exponential';
import { entropiesPointer, logitsPointer, probabilitiesPointer } from '../model/arena';
import { classes } from '../model/model';

/** Writes probabilities and entropy of exit `exit`, counted from 0, whose logits are there. */
export function computeEntropy(exit: i32): void {
  const at = (exit * classes) << 2;
  const logits = logitsPointer + at;
  const probabilities = probabilitiesPointer + at;
  const bytes = classes << 2;
  let largest: f32 = -Infinity;
  for (let k = 0; k < bytes; k += 4) {
    const logit = load<f32>(logits + k);
    if (logit > largest) largest = logit;
  }
  let sum: f32 = 0;
  let weighted: f32 = 0;
  for (let k = 0; k < bytes; k += 4) {
    const z = load<f32>(logits + k) - largest;
    const power = exp(z);
    store<f32>(probabilities + k, power);
    sum += power;
    weighted += power * z;
  }
  const share = <f32>1 / sum;
  for (let k = 0; k < bytes; k += 4) {
    store<f32>(probabilities + k, load<f32>(probabilities + k) * share);
  }
  const entropy = ln(sum) - weighted * share;
  store<f32>(entropiesPointer + (exit << 2), entropy < 0 ? 0 : entropy);
}

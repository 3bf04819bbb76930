/** The form that chooses when to stop: the model's own operating points, or a rule with a threshold. */
import type { ModelInfo, Policy, PolicyRule } from '../browser/index.ts';
import { byId } from './text.ts';

interface Knob {
  label: string;
  least: number;
  most: number;
  step: number;
  start: number;
  rule(value: number): PolicyRule;
  help: string;
}

/** What each rule's number means; L blocks, H_0 the entropy of a coin toss among the classes. */
function knobs(blocks: number, prior: number): Record<string, Knob> {
  const depth = { least: 1, most: blocks, step: 1 };
  const share = { least: 0, most: 1, step: 0.01 };
  return {
    confidence: {
      ...share,
      label: 'Probability',
      start: 0.9,
      rule: (thresholds) => ({ kind: 'confidence', thresholds }),
      help: 'Stops once the likeliest label is at least this likely.',
    },
    entropy: {
      label: 'Entropy, nats',
      least: 0,
      most: Math.ceil(100 * prior) / 100,
      step: 0.01,
      start: Math.round(40 * prior) / 100,
      rule: (thresholds) => ({ kind: 'entropy', thresholds }),
      help: 'Stops once the entropy is below this (DeeBERT).',
    },
    'entropy-fraction': {
      ...share,
      label: 'Fraction removed',
      start: 0.5,
      rule: (thresholds) => ({ kind: 'entropy-fraction', thresholds }),
      help: 'Stops once this share of the initial entropy is gone.',
    },
    'entropy-plateau': {
      ...share,
      label: 'Reduction',
      start: 0.2,
      rule: (thresholds) => ({ kind: 'entropy-plateau', thresholds }),
      help: 'Stops once a block takes away less than this share: deeper blocks have stopped paying.',
    },
    patience: {
      ...depth,
      label: 'Exits that agree',
      start: 1,
      rule: (patience) => ({ kind: 'patience', patience }),
      help: 'Stops once this many exits in a row have agreed with the one before them (PABEE).',
    },
    fixed: {
      ...depth,
      label: 'Block',
      start: 1,
      rule: (depth) => ({ kind: 'fixed', depth }),
      help: 'Stops at this block, sure or not.',
    },
  };
}

export class PolicyForm {
  readonly #select = byId<HTMLSelectElement>('policy');
  readonly #range = byId<HTMLInputElement>('threshold');
  #knobs: Record<string, Knob> = {};

  constructor(onChange: () => void) {
    this.#select.addEventListener('change', () => {
      this.#showKnob();
      onChange();
    });
    this.#range.addEventListener('input', () => {
      this.#showValue();
      onChange();
    });
  }

  /** Offers what this model has; what was chosen before stays where it can. */
  offer({ policies, exitBytes, labels }: ModelInfo): void {
    const chosen = this.#select.value;
    const prior = Math.log(Math.max(2, labels.length));
    this.#knobs = knobs(exitBytes.length, prior);
    const names = policies.map(({ name }) => name);
    if (!names.includes('full')) names.push('full');
    this.#select.replaceChildren(
      group('Of this model', names, 'point:'),
      group('Rules', Object.keys(this.#knobs), 'rule:'),
    );
    const options = [...this.#select.options].map(({ value }) => value);
    this.#select.value = options.includes(chosen) ? chosen : options[0];
    this.#showKnob();
  }

  get policy(): Policy {
    const [kind, name] = this.#chosen();
    return kind === 'point' ? name : this.#knobs[name].rule(this.#range.valueAsNumber);
  }

  /** Entropy in nats below which the chosen rule stops, where it is of that kind. */
  threshold(prior: number): number | undefined {
    const { policy } = this;
    if (typeof policy === 'string') return undefined;
    if (policy.kind === 'entropy') return this.#range.valueAsNumber;
    return policy.kind === 'entropy-fraction' ? prior * (1 - this.#range.valueAsNumber) : undefined;
  }

  #chosen(): string[] {
    return this.#select.value.split(':');
  }

  #showKnob(): void {
    const [kind, name] = this.#chosen();
    const knob = kind === 'rule' ? this.#knobs[name] : undefined;
    byId('threshold-field').hidden = !knob;
    byId('policy-help').textContent = knob
      ? knob.help
      : name === 'full'
        ? 'Runs every block.'
        : 'Thresholds that were chosen for this model on held-out data.';
    if (!knob) return;
    byId('threshold-label').textContent = knob.label;
    Object.assign(this.#range, { min: knob.least, max: knob.most, step: knob.step, value: knob.start });
    this.#showValue();
  }

  #showValue(): void {
    const value = this.#range.valueAsNumber;
    byId('threshold-value').textContent = Number(this.#range.step) < 1 ? value.toFixed(2) : String(value);
  }
}

function group(label: string, names: readonly string[], prefix: string): HTMLOptGroupElement {
  const made = document.createElement('optgroup');
  made.label = label;
  made.append(...names.map((name) => new Option(name, prefix + name)));
  return made;
}

/** What `npm start` trains: its own quick model, and those for mail of the package's zoo. */

import { DEFAULT_RECIPE, PRESETS, type Recipe, type Shape } from '../../trainer/settings.ts';
import { CALIBRATION_SHARE } from './corpus.ts';

export interface MailRecipe {
  /** Words of a mail that the model is given, and how many of them from its beginning; the rest from its end. */
  words: number;
  fromStart: number;
  /** Share of all mails that thresholds are chosen on; what is held out for the figures stays the same. */
  calibration: number;
  shape: Shape;
  recipe: Recipe;
}

/** Labels are few and mails differ: much is hidden from the model while it trains. */
const MAIL: Recipe = { ...DEFAULT_RECIPE, epochs: 3, tokenDropout: 0.3, labelSmoothing: 0.1 };

/** Rows that begin from word vectors know something already; others must be learned from few mails, and fast. */
const WITH_VECTORS = { rowRate: 5, lambda: 1 };

export const MAIL_RECIPES = {
  /** A mail's beginning and end, a hundred words of it, do; two cores are done with that in minutes. */
  start: {
    words: 100,
    fromStart: 50,
    calibration: CALIBRATION_SHARE,
    shape: { ...PRESETS.micro, blocks: 3, tokens: 128 },
    recipe: { ...MAIL, vocabularySize: 4096, rowRate: 15 },
  },
  /** models/spam.beex: within 256 KiB; half the mails that others are calibrated on are learned from instead. */
  spam: {
    words: 112,
    fromStart: 56,
    calibration: CALIBRATION_SHARE / 2,
    shape: { ...PRESETS.micro, blocks: 3, tokens: 144 },
    recipe: { ...MAIL, ...WITH_VECTORS, vocabularySize: 5800 },
  },
  /** models/spam-micro.beex: the preset micro, and with all code within a part of 256 KiB of flash. */
  'spam-micro': {
    words: 32,
    fromStart: 32,
    calibration: CALIBRATION_SHARE,
    shape: PRESETS.micro,
    recipe: { ...MAIL, ...WITH_VECTORS, vocabularySize: 3456 },
  },
} as const satisfies Record<string, MailRecipe>;

export type MailRecipeName = keyof typeof MAIL_RECIPES;

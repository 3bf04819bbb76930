/** What popup, service worker and page say to each other. The page's script only answers; it never asks. */

/** What is shown of an answer. */
export interface Verdict {
  label: string;
  /** Of the label. */
  probability: number;
  /** The exit taken, and how many there are. */
  exit: number;
  blocks: number;
}

/** From the popup to the service worker. */
export type Wish =
  | { wish: 'classify'; text: string }
  /** Judge what is selected in this tab, and show it there. */
  | { wish: 'selection'; tab: number }
  /** Judge the comments of this tab's page, and mark them. */
  | { wish: 'comments'; tab: number };

export type Reply =
  | { verdict: Verdict }
  /** Comments that were marked, by label. */
  | { marked: Record<string, number> }
  | { problem: string };

/** From the service worker to the script in the page. */
export type PageOrder =
  | { order: 'selection' }
  | { order: 'comments' }
  | { order: 'show'; verdict: Verdict }
  | { order: 'mark'; verdicts: Verdict[] };

/** 93 %; never 100 where it is a little less. */
export function percent(fraction: number): string {
  return `${fraction < 1 ? Math.min(99, Math.round(100 * fraction)) : 100}\u00a0%`;
}

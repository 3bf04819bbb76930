/// <reference types="chrome" />
/**
 * The script that the service worker puts into a page on the user's wish: reads what is selected or the
 * comments, and shows verdicts. Everything it shows lives in shadow roots, so page and verdict don't touch
 * each other's style.
 */
import { type PageOrder, percent, type Verdict } from './messages.ts';

/** Where sites keep the text of a comment, by markup that is meant for machines and by common names. */
const COMMENTS = [
  '[itemtype$="schema.org/Comment"] [itemprop="text"]',
  '[itemprop="comment"] [itemprop="text"]',
  '[itemtype$="schema.org/Review"] [itemprop="reviewBody"]',
  '[role="comment"]',
  '.comment-content',
  '.comment-body',
  '.comment-text',
  '.comment__content',
  '.commtext',
  '#content-text',
  'shreddit-comment [slot="comment"]',
].join(',');
const COMMENTS_MOST = 500;
const MARK = 'beexformer-mark';
const TOAST = 'beexformer-toast';

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { all: initial; }
  .mark, .toast { font: 500 13px/1.5 system-ui, sans-serif; color: #1d1a14; background: #fdf3d8; border: 1px solid #b98400; }
  .mark { display: inline-block; margin: 0 0 0 6px; padding: 0 8px; border-radius: 99px; }
  .toast { position: fixed; right: 16px; bottom: 16px; z-index: 2147483647; display: flex; gap: 12px; align-items: center;
    max-width: calc(100vw - 32px); padding: 12px 12px 12px 16px; border-radius: 12px; box-shadow: 0 6px 24px #0004; }
  .toast p { margin: 0; }
  .toast strong { display: block; font-size: 17px; }
  button { width: 32px; height: 32px; border: 0; border-radius: 8px; background: transparent; color: inherit;
    font: 20px/1 system-ui, sans-serif; cursor: pointer; }
  button:hover { background: #f2a90055; }
  button:focus-visible { outline: 2px solid #8a5a00; }
`);

let comments: HTMLElement[] = [];

/** The innermost elements that look like comments, in the page's order. */
function findComments(): HTMLElement[] {
  const all = [...document.querySelectorAll<HTMLElement>(COMMENTS)];
  return all
    .filter((element) => !element.querySelector(COMMENTS) && textOf(element) !== '')
    .slice(0, COMMENTS_MOST);
}

/** The text without marks of an earlier time, which live in shadow roots. */
function textOf(element: HTMLElement): string {
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden, nobody wrote for readers
  return element.innerText.trim();
}

function host(name: string, ...children: Node[]): HTMLElement {
  const element = document.createElement(name);
  const root = element.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [STYLE];
  root.append(...children);
  return element;
}

function mark(verdicts: readonly Verdict[]): void {
  for (const old of document.querySelectorAll(MARK)) old.remove();
  verdicts.forEach((verdict, i) => {
    const text = document.createElement('span');
    text.className = 'mark';
    text.textContent = `${verdict.label}, ${percent(verdict.probability)}`;
    text.title = depth(verdict);
    // Behind the last paragraph's words, where there are paragraphs.
    const place = comments[i]?.querySelector('p:last-of-type') ?? comments[i];
    place?.append(host(MARK, text));
  });
}

function show(verdict: Verdict): void {
  document.querySelector(TOAST)?.remove();
  const toast = document.createElement('div');
  toast.className = 'toast';
  toast.setAttribute('role', 'status');
  const text = document.createElement('p');
  const label = document.createElement('strong');
  label.textContent = verdict.label;
  text.append(label, `${percent(verdict.probability)} sure, ${depth(verdict)}`);
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '×';
  close.setAttribute('aria-label', 'Close');
  toast.append(text, close);
  const element = host(TOAST, toast);
  close.addEventListener('click', () => element.remove());
  document.body.append(element);
}

function depth({ exit, blocks }: Verdict): string {
  return `after block ${exit} of ${blocks}`;
}

function obey(order: PageOrder): unknown {
  switch (order.order) {
    case 'selection':
      return String(getSelection());
    case 'comments':
      comments = findComments();
      return comments.map(textOf);
    case 'show':
      return show(order.verdict);
    case 'mark':
      return mark(order.verdicts);
  }
}

// The script is put in before each order: the first one stays.
const once = globalThis as { beexformer?: boolean };
if (!once.beexformer) {
  once.beexformer = true;
  chrome.runtime.onMessage.addListener((order: PageOrder, _sender, answer) => answer(obey(order) ?? null));
}

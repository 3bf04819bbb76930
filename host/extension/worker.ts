/// <reference types="chrome" />
/**
 * The service worker: holds the model and does all inference, because scripts in a page can't run Wasm
 * where the page's policy is strict. The browser stops it when it is idle and starts it for the next
 * event, so nothing is kept but the model, which is loaded anew when it is gone.
 */
import { load, type Model } from '../browser/index.ts';
import type { PageOrder, Reply, Verdict, Wish } from './messages.ts';

const MENU = 'judge-selection';
let loading: Promise<Model> | undefined;

/** The model, from the extension's own files: nothing is asked of any server. */
function model(): Promise<Model> {
  loading ??= load(chrome.runtime.getURL('model.beex'));
  // A failure is not kept: the next wish tries again.
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

async function judge(text: string): Promise<Verdict> {
  const loaded = await model();
  const { label, index, probabilities, exit } = await loaded.classifyAsync(text);
  return { label, probability: probabilities[index], exit, blocks: loaded.info.exitBytes.length };
}

async function order<T>(tab: number, message: PageOrder): Promise<T> {
  await chrome.scripting.executeScript({ target: { tabId: tab }, files: ['page.js'] });
  return chrome.tabs.sendMessage(tab, message);
}

async function judgeSelection(tab: number, selected?: string): Promise<Reply> {
  const text = selected ?? (await order<string>(tab, { order: 'selection' }));
  if (text.trim() === '') return { problem: 'Nothing is selected in this page.' };
  const verdict = await judge(text);
  await order(tab, { order: 'show', verdict });
  return { verdict };
}

async function judgeComments(tab: number): Promise<Reply> {
  const texts = await order<string[]>(tab, { order: 'comments' });
  if (texts.length === 0) return { problem: 'There are no comments that this extension knows how to find.' };
  const verdicts: Verdict[] = [];
  for (const text of texts) verdicts.push(await judge(text));
  await order(tab, { order: 'mark', verdicts });
  const marked: Record<string, number> = {};
  for (const { label } of verdicts) marked[label] = (marked[label] ?? 0) + 1;
  return { marked };
}

async function fulfil(wish: Wish): Promise<Reply> {
  switch (wish.wish) {
    case 'classify':
      return { verdict: await judge(wish.text) };
    case 'selection':
      return judgeSelection(wish.tab);
    case 'comments':
      return judgeComments(wish.tab);
  }
}

// Listeners stand at the top, so that a worker that is started for an event hears it.
chrome.runtime.onInstalled.addListener(() => {
  chrome.contextMenus.create({ id: MENU, title: 'Judge this text', contexts: ['selection'] });
});

chrome.contextMenus.onClicked.addListener(({ menuItemId, selectionText }, tab) => {
  if (menuItemId === MENU && tab?.id !== undefined) judgeSelection(tab.id, selectionText).catch(console.warn);
});

chrome.runtime.onMessage.addListener((wish: Wish, _sender, answer: (reply: Reply) => void) => {
  fulfil(wish).then(answer, (error) =>
    answer({ problem: error instanceof Error ? error.message : `${error}` }),
  );
  return true;
});

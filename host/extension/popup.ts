/// <reference types="chrome" />
/** The popup: asks the service worker, shows what it says. */
import { percent, type Reply, type Wish } from './messages.ts';

const result = document.getElementById('result')!;
const text = document.getElementById('text') as HTMLTextAreaElement;
let asked = 0;

async function ask(wish: Wish): Promise<void> {
  const turn = ++asked;
  const reply: Reply = await chrome.runtime.sendMessage(wish);
  // Only the last question's answer is shown.
  if (turn === asked) result.textContent = sentence(reply);
}

function sentence(reply: Reply): string {
  if ('problem' in reply) return reply.problem;
  if ('verdict' in reply) {
    const { label, probability, exit, blocks } = reply.verdict;
    return `${label}, ${percent(probability)} sure after block ${exit} of ${blocks}`;
  }
  return Object.entries(reply.marked)
    .map(([label, count]) => `${count} ${label}`)
    .join(', ');
}

/** The tab that the popup is about: the active one, or `?tab=` where it is opened as a page. */
async function tab(): Promise<number> {
  const given = new URLSearchParams(location.search).get('tab');
  if (given) return Number(given);
  const [active] = await chrome.tabs.query({ active: true, currentWindow: true });
  return active.id!;
}

for (const wish of ['selection', 'comments'] as const) {
  document.getElementById(wish)!.addEventListener('click', async () => ask({ wish, tab: await tab() }));
}
text.addEventListener('input', () => {
  if (text.value.trim() !== '') return ask({ wish: 'classify', text: text.value });
  asked++;
  result.textContent = '';
});

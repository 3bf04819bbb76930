import { load } from 'beexformer/browser';
import { loadInWorker } from 'beexformer/browser/worker';

const answer = document.querySelector('#answer');
const text = document.querySelector('#text');

// In the page, and the same in a worker.
const model = await load('./model.beex');
const helper = await loadInWorker('./model.beex');

async function classify() {
  const [here, there] = await Promise.all([model.classify(text.value), helper.classify(text.value)]);
  answer.value = `${here.label} after block ${here.exit}; the worker says ${there.label}`;
}

text.addEventListener('input', classify);
await classify();

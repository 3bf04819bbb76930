import { load } from 'beexformer/browser';

const answer = document.querySelector('#answer');
const text = document.querySelector('#text');
const model = await load('./model.beex');

async function classify() {
  const { label, exit } = await model.classify(text.value);
  answer.value = `${label} after block ${exit}`;
}

text.addEventListener('input', classify);
await classify();

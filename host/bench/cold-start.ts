/**
 * A process that answers once: from a model's bytes to the first answer, compiling and opening included.
 * Reading files and importing scripts come before; what a runtime loads by itself when it first runs is in.
 *
 *   node cold-start.js ours CORE MODEL TEXT | onnx MODEL TOKENS VOCABULARY      prints milliseconds
 */
import { readFileSync } from 'node:fs';
import { Classifier } from '../classifier.ts';
import { useFastestKernel } from '../kernel.ts';

const [kind, ...rest] = process.argv.slice(2);
console.log(kind === 'ours' ? await ours(rest) : await onnx(rest));

async function ours([core, model, text]: string[]): Promise<number> {
  const wasm = readFileSync(core);
  const file = readFileSync(model);
  const build = /core\.(\w+)\.wasm$/.exec(core)![1];
  const start = performance.now();
  const classifier = Classifier.open(await WebAssembly.compile(wasm), file, build);
  useFastestKernel(classifier.core, build);
  classifier.classify(text, { policy: 'full' });
  return performance.now() - start;
}

async function onnx([model, tokens, vocabulary]: string[]): Promise<number> {
  const { onnxruntime, idsOf } = await import('./peers/onnxruntime.ts');
  const { IDS } = await import('./peers/onnx-twin.ts');
  const ort = await onnxruntime();
  const file = new Uint8Array(readFileSync(model));
  const ids = idsOf(Number(vocabulary), Number(tokens));
  const start = performance.now();
  const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] });
  await session.run({ [IDS]: new ort.Tensor('int64', ids, [ids.length]) });
  return performance.now() - start;
}

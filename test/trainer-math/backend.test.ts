/** Choosing a backend, and what is said where tfjs is missing. */
import { expect, test } from 'vitest';
import { chooseBackend } from '../../trainer/backend/index.ts';
import { MissingPackageError } from '../../trainer/backend/packages.ts';
import { loadTfjs } from '../../trainer/backend/tfjs.ts';

test('a missing package is named with the command that installs it', () => {
  const load = () => loadTfjs('@tensorflow/tfjs-backend-absent');
  expect(load).toThrow(MissingPackageError);
  expect(load).toThrow(/tfjs-backend-absent.*\n.*npm install @tensorflow\/tfjs-core/);
});

test.each(['wasm', 'wasm-plain', 'cpu'] as const)(
  '%s starts, more than once, and computes where it says',
  async (name) => {
    await chooseBackend(name);
    const backend = await chooseBackend(name);
    expect(backend.name).toBe(name);
    expect(backend.tf.getBackend()).toBe(name === 'cpu' ? 'cpu' : 'wasm');
    expect(backend.memory !== undefined).toBe(name === 'wasm');
  },
);

test('an older handle still works after another backend was chosen', async () => {
  const wasm = await chooseBackend('wasm');
  await chooseBackend('cpu');
  wasm.activate();
  expect(wasm.tf.getBackend()).toBe('wasm');
});

/** The same in a page: `window.endure`. Chromium shows its heap exactly with --enable-precise-memory-info. */
import { type Endurance, endure } from './endurance.ts';

declare global {
  interface Window {
    gc?(): void;
    endure(core: string, count: number): Promise<Endurance>;
  }
}

window.endure = async (core, count) => {
  const module = await WebAssembly.compile(await (await fetch(core)).arrayBuffer());
  const { memory } = performance as unknown as { memory: { usedJSHeapSize: number } };
  return endure(module, count, () => {
    window.gc!();
    return memory.usedJSHeapSize;
  });
};

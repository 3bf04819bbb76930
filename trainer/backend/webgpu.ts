/**
 * tfjs's WebGPU backend on Dawn, the WebGPU of Chrome, which the npm package `webgpu` brings to Node.
 * tfjs expects a browser; what it needs of one is lent to it here and taken back.
 */
import { createRequire } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type AdapterInfo, adapterName, isSoftware } from './adapter.ts';
import { locateAll } from './packages.ts';
import { TFJS_PACKAGES, type Tf } from './tfjs.ts';
import { readWithoutWaiting, type WebGpuBackend } from './webgpu-read.ts';

const NAMES = ['webgpu', '@tensorflow/tfjs-backend-webgpu'];
const PACKAGES = [...TFJS_PACKAGES, '@tensorflow/tfjs-backend-webgpu@4.22', 'webgpu@0.6'];

/** What is used of the package `webgpu`. */
interface Dawn {
  create(options: string[]): Gpu;
  globals: Record<string, unknown>;
}

interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<Adapter | null>;
}

interface Adapter {
  info: AdapterInfo;
  limits: Record<string, number>;
  requestDevice(descriptor: { requiredLimits: Record<string, number> }): Promise<Device>;
}

interface Device {
  lost: Promise<{ message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: { error: Error }) => void): void;
}

/** Limits above WebGPU's guaranteed ones that tfjs makes use of. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

/**
 * Makes `webgpu` a backend that tfjs can be set to, once a process.
 * @returns what it computes on, in words
 * @throws MissingPackageError, and Error where there is no adapter
 */
export function startWebGpu(tf: Tf): Promise<string> {
  registered ??= register(tf);
  return registered;
}

let registered: Promise<string> | undefined;

/** Dawn frees what its devices stand on once this is collected, and crashes; so it is kept. */
let gpu: Gpu;

async function register(tf: Tf): Promise<string> {
  const [dawnFile, backendFile] = locateAll('The backend webgpu', NAMES, PACKAGES);
  const { create, globals } = (await import(pathToFileURL(dawnFile).href)) as Dawn;
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new Error(
      'The backend webgpu finds no GPU; on Linux it needs a Vulkan driver and its loader, libvulkan.so.1. ' +
        'Train without one: --backend wasm',
    );
  }
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits });
  let failure: string | undefined;
  device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= error.message;
  });
  device.lost.then(({ message }) => {
    failure ??= `it was lost, ${message}`;
  });
  // Dawn's callback for the device, which reading must not find in its way.
  await nextTurn();
  // Loaded without a navigator, it registers kernels alone; with one also a factory of its own.
  const { WebGPUBackend } = createRequire(import.meta.url)(backendFile);
  const backend: WebGpuBackend = withNavigator(() => new WebGPUBackend(device, adapter.info));
  readWithoutWaiting(tf, backend, () => {
    if (failure !== undefined) throw new Error(`The GPU failed: ${failure}`);
  });
  tf.registerBackend('webgpu', () => backend as never);
  return isSoftware(adapter.info) ? `${adapterName(adapter.info)}, software` : adapterName(adapter.info);
}

/** tfjs's backend looks for WebGPU on the browser's `navigator` while it is made, not later. */
function withNavigator<Result>(use: () => Result): Result {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return use();
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

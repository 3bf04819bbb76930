/**
 * Asks for the GPU that WebGPU would give, in a process of its own: a driver that crashes or hangs then
 * costs an answer and not a training, and what it writes to standard error is not shown.
 */
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

export interface Adapter {
  /** As its driver calls it. */
  name: string;
  /** It is a program on the CPU. */
  software: boolean;
}

/** Milliseconds; a driver's first start may take seconds. */
const PATIENCE = 20_000;

/** Drivers that are programs, for those that don't say so. */
const PROGRAMS = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i;

const QUESTION = `
const { create } = await import(process.argv[1]);
const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
const info = adapter?.info;
const { vendor, architecture, device, description, isFallbackAdapter } = info ?? {};
process.stdout.write(JSON.stringify(info ? { vendor, architecture, device, description, isFallbackAdapter } : null));
`;

export interface AdapterInfo {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  isFallbackAdapter: boolean;
}

/**
 * @param dawn the file of the package `webgpu`
 * @returns undefined where there is none, or none that answers
 */
export async function askForAdapter(dawn: string, patience = PATIENCE): Promise<Adapter | undefined> {
  const file = pathToFileURL(dawn).href;
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', QUESTION, file],
      { timeout: patience, killSignal: 'SIGKILL' },
    );
    const info = JSON.parse(stdout) as AdapterInfo | null;
    return info ? { name: adapterName(info), software: isSoftware(info) } : undefined;
  } catch {
    return undefined;
  }
}

export function isSoftware(info: AdapterInfo): boolean {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  return isFallbackAdapter || PROGRAMS.test([vendor, architecture, device, description].join(' '));
}

/** As a person knows it; drivers fill in what they please. */
export function adapterName({ vendor, architecture, description }: AdapterInfo): string {
  return description || [vendor, architecture].filter(Boolean).join(' ') || 'a GPU without a name';
}

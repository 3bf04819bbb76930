/** Checkpoints on disk: round trip, damage, and a write that fails half-way. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  CHECKPOINT_FILE,
  type Checkpoint,
  CheckpointError,
  readCheckpoint,
  writeAtomically,
  writeCheckpoint,
} from '../../trainer/checkpoint.ts';
import { decodeTensors, encodeTensors, openTensors, TensorFileError } from '../../trainer/safetensors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beex-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const checkpoint: Checkpoint = {
  progress: { stage: 1, step: 42, finished: false },
  optimizerStep: 142,
  weights: new Map([
    ['a', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, -0, 1e-30) }],
    ['b', { shape: [1], values: Float32Array.of(7) }],
  ]),
  moments: new Map([['a/mean', { shape: [6], values: new Float32Array(6).fill(0.25) }]]),
  averages: new Map([['b', { shape: [1], values: Float32Array.of(6.5) }]]),
  averaged: 3,
};

test('a checkpoint comes back as it was', () => {
  writeCheckpoint(folder, checkpoint);
  expect(readCheckpoint(folder)).toEqual(checkpoint);
  expect(readdirSync(folder)).toEqual([CHECKPOINT_FILE]);
});

test('each flipped byte and each truncation is noticed', () => {
  writeCheckpoint(folder, checkpoint);
  const path = join(folder, CHECKPOINT_FILE);
  const whole = readFileSync(path);
  const dataStart = 8 + Number(whole.readBigUInt64LE(0));
  for (let at = dataStart; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] ^= 0x10;
    writeFileSync(path, damaged);
    expect(() => readCheckpoint(folder)).toThrow(CheckpointError);
  }
  for (let length = 0; length < whole.length; length += 7) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    expect(() => readCheckpoint(folder)).toThrow(/damaged|cannot be read/);
  }
});

test('a folder without a run is named', () => {
  expect(() => readCheckpoint(join(folder, 'nothing'))).toThrow(/nothing.*cannot be read/);
});

test('a write that fails leaves the old file', () => {
  const path = join(folder, 'kept');
  writeAtomically(path, 'old');
  expect(() => writeAtomically(join(folder, 'no', 'such', 'folder'), 'new')).toThrow();
  expect(readFileSync(path, 'utf8')).toBe('old');
});

test('safetensors: the header that other tools expect', () => {
  const bytes = encodeTensors({
    tensors: new Map([['x', { shape: [2], values: Float32Array.of(1, 2) }]]),
    metadata: { by: 'hand' },
  });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
    __metadata__: { by: 'hand' },
    x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  });
  expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
});

/** A file with this header and these bytes behind it. */
function tensorFile(header: unknown, data: Uint8Array = new Uint8Array(8)): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

test('safetensors: half floats of both kinds are widened', () => {
  const f16 = { dtype: 'F16', shape: [2, 2], data_offsets: [0, 8] };
  const bf16 = { dtype: 'BF16', shape: [1], data_offsets: [8, 10] };
  const halves = Uint8Array.of(0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00, 0xc0, 0xbf);
  const { tensors } = decodeTensors(tensorFile({ f16, bf16 }, halves));
  expect(tensors.get('f16')).toEqual({ shape: [2, 2], values: Float32Array.of(1, -2, 65504, 2 ** -24) });
  expect(tensors.get('bf16')).toEqual({ shape: [1], values: Float32Array.of(-1.5) });
});

test('safetensors: a tensor that nobody asks for may be of any type', () => {
  const { tensor } = openTensors(
    tensorFile({
      x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      ids: { dtype: 'I64', shape: [1], data_offsets: [0, 8] },
    }),
  );
  expect(tensor('x')?.values).toEqual(Float32Array.of(0));
  expect(tensor('y')).toBeUndefined();
  expect(() => tensor('ids')).toThrow('tensor ids is of type I64, not F32, F16, BF16');
});

test.each<[string, unknown, RegExp]>([
  ['another type', { x: { dtype: 'I32', shape: [2], data_offsets: [0, 8] } }, /type I32/],
  ['a place behind the end', { x: { dtype: 'F32', shape: [3], data_offsets: [0, 12] } }, /outside/],
  ['a place of another size', { x: { dtype: 'F32', shape: [1], data_offsets: [0, 8] } }, /outside/],
  ['a place before the start', { x: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }, /no shape/],
  ['no place', { x: { dtype: 'F32', shape: [1] } }, /no shape/],
  ['a shape that is none', { x: { dtype: 'F32', shape: 'wide', data_offsets: [0, 4] } }, /no shape/],
  ['an entry that is none', { x: null }, /type undefined/],
  ['a header that is a list', [], /no JSON object/],
])('safetensors: %s is refused', (_, header, message) => {
  expect(() => decodeTensors(tensorFile(header))).toThrow(TensorFileError);
  expect(() => decodeTensors(tensorFile(header))).toThrow(message);
});

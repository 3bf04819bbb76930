/** The operations as kernels on the wasm backend's memory, each with its own backward kernel. */
import type { KernelMemory } from '../backend/memory.ts';
import type { Tf } from '../backend/tfjs.ts';
import { attentionOperation } from './kernel-attention.ts';
import { binaryOperations } from './kernel-binary.ts';
import { embeddingOperation } from './kernel-embedding.ts';
import { exitOperations } from './kernel-exit.ts';
import { floatOperations } from './kernel-float.ts';
import { normOperations } from './kernel-norm.ts';
import type { Operations } from './operations.ts';

/** Registers the kernels and builds the operations on them. */
export function kernelOperations(tf: Tf, memory: KernelMemory): Operations {
  return {
    ...embeddingOperation(tf, memory),
    ...normOperations(tf, memory),
    ...binaryOperations(tf, memory),
    ...floatOperations(tf, memory),
    ...attentionOperation(tf, memory),
    ...exitOperations(tf, memory),
  };
}

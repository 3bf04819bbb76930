/** The operations as kernels on the wasm backend's memory, each with its own backward kernel. */
import type { KernelMemory } from '../backend/memory.ts';
import type { Tf } from '../backend/tfjs.ts';
import type { Ablation } from './config.ts';
import { createRecorder } from './define.ts';
import { attentionOperation } from './kernel-attention.ts';
import { binaryOperations } from './kernel-binary.ts';
import { binaryScoresOperation } from './kernel-binary-scores.ts';
import { embeddingOperation } from './kernel-embedding.ts';
import { exitOperations } from './kernel-exit.ts';
import { floatOperations } from './kernel-float.ts';
import { lightRecurrenceOperation } from './kernel-light-recurrence.ts';
import { normOperations } from './kernel-norm.ts';
import { recurrentOperations } from './kernel-recurrent.ts';
import type { Operations } from './operations.ts';

/** Registers the kernels and builds the operations on them, those of binarized layers with the ablation. */
export function kernelOperations(tf: Tf, memory: KernelMemory, ablation?: Ablation): Operations {
  const recorder = createRecorder(tf);
  return {
    release: recorder.release,
    ...embeddingOperation(tf, memory, recorder),
    ...normOperations(tf, memory, recorder),
    ...binaryOperations(tf, memory, recorder, ablation),
    ...floatOperations(tf, memory, recorder),
    ...binaryScoresOperation(tf, memory, recorder, ablation),
    ...attentionOperation(tf, memory, recorder),
    ...exitOperations(tf, memory, recorder),
    ...lightRecurrenceOperation(tf, memory, recorder),
    ...recurrentOperations(tf, memory, recorder),
  };
}

/** The kernels of build/trainer.wasm as TypeScript sees them; backend/kernel/ documents each. */

type Kernel = (...numbers: number[]) => void;

export interface KernelExports {
  gemm: Kernel;
  /** Bytes of scratch for `gemm`, by M and K. */
  gemmScratch(M: number, K: number): number;
  packActivations: Kernel;
  packWeights: Kernel;
  countForward: Kernel;
  lookupColumns: Kernel;
  lookupRows: Kernel;
  /** Bytes of scratch for the two before, by J and K. */
  lookupScratch(J: number, K: number): number;
  binaryWeightGradient: Kernel;
  addBias: Kernel;
  columnSums: Kernel;
  multiply: Kernel;
  sumOfSquares(x: number, n: number): number;
  /** Bytes of scratch for attention, by n and the size of a head. */
  attentionScratch(n: number, e: number): number;
  attentionForward: Kernel;
  attentionBackward: Kernel;
  signScoresForward: Kernel;
  signScoresBackward: Kernel;
  normForward: Kernel;
  normBackward: Kernel;
  dropout: Kernel;
  sigmoidTanh: Kernel;
  sigmoidTanhBackward: Kernel;
  gatherRows: Kernel;
  scatterRows: Kernel;
  embedForward: Kernel;
  embedBackward: Kernel;
  poolForward: Kernel;
  poolBackward: Kernel;
  headForward: Kernel;
  headBackward: Kernel;
  lightRecurrenceForward: Kernel;
  lightRecurrenceBackward: Kernel;
  recurrentForward: Kernel;
  recurrentBackward: Kernel;
  poolStates: Kernel;
  poolStatesBackward: Kernel;
  adamw: Kernel;
}

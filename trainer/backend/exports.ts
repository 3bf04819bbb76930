/** The kernels of build/trainer.wasm as TypeScript sees them; backend/kernel/ documents each. */

type Kernel = (...numbers: number[]) => void;

export interface KernelExports {
  gemm: Kernel;
  signRows: Kernel;
  signShifted: Kernel;
  scaleBias: Kernel;
  scaleColumns: Kernel;
  surrogateShifted: Kernel;
  binaryWeightGradient: Kernel;
  addBias: Kernel;
  columnSums: Kernel;
  multiply: Kernel;
  sumOfSquares(x: number, n: number): number;
  attentionForward: Kernel;
  attentionBackward: Kernel;
  normForward: Kernel;
  normBackward: Kernel;
  dropout: Kernel;
  hiddenToBits: Kernel;
  hiddenBackward: Kernel;
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
  adamw: Kernel;
}

// Kernels of the trainer: they work in place on the memory of tfjs's wasm backend, which this
// module imports. Rules that make that safe: no static data (low addresses belong to tfjs), no
// allocation, no global state; every pointer, scratch included, comes from the caller.
// Arrays are row-major float32; widths are multiples of 4, so every row is whole vectors.

export { adamw } from './adamw';
export { attentionBackward, attentionForward, attentionScratch } from './attention';
export { binaryWeightGradient } from './binary';
export { signScoresBackward, signScoresForward } from './binary-scores';
export { packActivations, packWeights } from './bits';
export { countForward } from './count';
export { dropout } from './dropout';
export { embedBackward, embedForward, gatherRows, scatterRows } from './embedding';
export { headBackward, headForward, poolBackward, poolForward } from './exit';
export { gemm, gemmScratch } from './gemm';
export { lightRecurrenceBackward, lightRecurrenceForward } from './light-recurrence';
export { lookupColumns, lookupRows, lookupScratch } from './lookup';
export { normBackward, normForward } from './norm';
export { poolStates, poolStatesBackward, recurrentBackward, recurrentForward } from './recurrent';
export { sigmoidTanh, sigmoidTanhBackward } from './slfn';
export { addBias, columnSums, multiply, sumOfSquares } from './vector';

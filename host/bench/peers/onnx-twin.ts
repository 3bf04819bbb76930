/**
 * The twin as an ONNX file, for inputs of one length: token ids in, every exit's logits out. In float32, or
 * as onnxruntime's dynamic quantization leaves a model: weights in int8 with one scale a matrix, inputs
 * quantized on the way, attention's own products and all else in float32.
 */
import { FORGET_CENTRE, FORGET_SLOPE } from '../../../assembly/format.ts';
import type { Dimensions } from '../../model-file/parts.ts';
import { DataType, OnnxGraph } from './onnx-format.ts';
import {
  type DenseWeights,
  forwardChannels,
  type NormWeights,
  type TwinBlock,
  type TwinRecurrence,
  type TwinWeights,
} from './twin.ts';

export type Precision = 'float32' | 'int8';

/** Names of the graph's input, int64 [tokens], and of exit i's logits, [1, C]. */
export const IDS = 'ids';
export const logitsOf = (exit: number) => `logits_${exit}`;

export function onnxTwin(
  { hidden: d, heads, classes }: Dimensions,
  weights: TwinWeights,
  tokens: number,
  precision: Precision,
): Uint8Array {
  const graph = new OnnxGraph();
  const ids = graph.input(IDS, DataType.Int64, [tokens]);
  const dense = precision === 'float32' ? denseFloat32 : denseInt8;
  const apart = graph.numbers([tokens, heads, d / heads]);
  const together = graph.numbers([tokens, d]);
  const scale = graph.constant(Float32Array.of(1 / Math.sqrt(d / heads)), []);

  const rows = graph.constant(weights.tokens, [weights.tokens.length / d, d]);
  const positions = graph.constant(weights.positions.subarray(0, tokens * d), [tokens, d]);
  let x = norm(graph, graph.node('Add', [graph.node('Gather', [rows, ids]), positions]), weights.norm);
  weights.blocks.forEach((block, i) => {
    if (block.recurrence) x = recurrence(x, block.recurrence);
    x = attention(x, block);
    x = learnForget(x, block);
    const mean = graph.node('ReduceMean', [x], { axes: [0], keepdims: 1 });
    graph.output(denseFloat32(graph, mean, weights.exits[i]), logitsOf(i + 1), [1, classes]);
  });
  return graph.encode();

  /** By doubling spans, as ./twin.ts has it: faster than Scan, and unrolled over the tokens it was slower still. */
  function recurrence(input: string, { gates, norm: after }: TwinRecurrence): string {
    const isForward = graph.booleans(forwardChannels(d), [1, d]);
    const fromLast = graph.numbers(Array.from({ length: tokens }, (_, t) => tokens - 1 - t));
    /** Backward channels from the last token to the first, and by the same call back again. */
    const turned = (value: string) =>
      graph.node('Where', [isForward, value, graph.node('Gather', [value, fromLast])]);
    /** Each token's row becomes that of the one `by` behind it; zeros come first. */
    const later = (value: string, by: number) => {
      const rows = graph.node('Slice', [value, graph.numbers([0]), graph.numbers([tokens - by])]);
      return graph.node('Pad', [rows, graph.numbers([by, 0, 0, 0])]);
    };

    const [f, v] = graph.nodes('Split', [dense(graph, input, gates)], 2, { axis: 1 });
    const slope = { alpha: { float: FORGET_SLOPE }, beta: { float: FORGET_CENTRE } };
    let kept = turned(graph.node('HardSigmoid', [f], slope));
    const taken = graph.node('Sub', [graph.constant(Float32Array.of(1), []), kept]);
    let h = graph.node('Mul', [taken, turned(v)]);
    for (let span = 1; span < tokens; span *= 2) {
      h = graph.node('Add', [h, graph.node('Mul', [kept, later(h, span)])]);
      kept = graph.node('Mul', [kept, later(kept, span)]);
    }
    return norm(graph, graph.node('Add', [input, turned(h)]), after);
  }

  function attention(input: string, block: TwinBlock): string {
    const [q, k, v] = graph.nodes('Split', [dense(graph, input, block.qkv)], 3, { axis: 1 });
    const perHead = (value: string, perm: number[]) =>
      graph.node('Transpose', [graph.node('Reshape', [value, apart])], { perm });
    const scores = graph.node('MatMul', [perHead(q, [1, 0, 2]), perHead(k, [1, 2, 0])]);
    const shares = graph.node('Softmax', [graph.node('Mul', [scores, scale])], { axis: -1 });
    const mixed = graph.node('MatMul', [shares, perHead(v, [1, 0, 2])]);
    const context = graph.node('Reshape', [graph.node('Transpose', [mixed], { perm: [1, 0, 2] }), together]);
    const sum = graph.node('Add', [input, dense(graph, context, block.output)]);
    return norm(graph, sum, block.attentionNorm);
  }

  function learnForget(input: string, block: TwinBlock): string {
    const [g, t] = graph.nodes('Split', [dense(graph, input, block.hidden)], 2, { axis: 1 });
    const gate = dense(graph, graph.node('Sigmoid', [g]), block.gate);
    const value = dense(graph, graph.node('Tanh', [t]), block.value);
    const sum = graph.node('Add', [input, graph.node('Mul', [gate, value])]);
    return norm(graph, sum, block.slfnNorm);
  }
}

function norm(graph: OnnxGraph, x: string, { gamma, beta }: NormWeights): string {
  const inputs = [x, graph.constant(gamma, [gamma.length]), graph.constant(beta, [beta.length])];
  return graph.node('LayerNormalization', inputs, { axis: -1, epsilon: { float: 1e-5 } });
}

function denseFloat32(graph: OnnxGraph, x: string, { inputs, outputs, weight, bias }: DenseWeights): string {
  const matrix = graph.constant(weight, [inputs, outputs]);
  return graph.node('Gemm', [x, matrix, graph.constant(bias, [outputs])]);
}

/** The nodes that onnxruntime.quantization.quantize_dynamic writes for a product with a constant. */
function denseInt8(graph: OnnxGraph, x: string, { inputs, outputs, weight, bias }: DenseWeights): string {
  const step = weight.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
  const matrix = graph.constant(
    Int8Array.from(weight, (value) => Math.round(value / step)),
    [inputs, outputs],
  );
  const zero = graph.constant(new Int8Array(1), []);
  const [quantized, scale, zeroPoint] = graph.nodes('DynamicQuantizeLinear', [x], 3);
  const sums = graph.node('MatMulInteger', [quantized, matrix, zeroPoint, zero]);
  const scales = graph.node('Mul', [scale, graph.constant(Float32Array.of(step), [])]);
  const product = graph.node('Mul', [graph.node('Cast', [sums], { to: DataType.Float }), scales]);
  return graph.node('Add', [product, graph.constant(bias, [outputs])]);
}

/**
 * Turns a function over addresses into a tfjs kernel, and a pair of such kernels into a
 * differentiable operation. Kernels are registered by name, so tfjs's profiler lists them.
 */
import type { Tensor, TensorInfo, Tf } from '../backend/tfjs.ts';

/** Inputs are in the order given; outputs come from `memory.output`. */
export type Body<Attributes> = (inputs: TensorInfo[], attributes: Attributes) => TensorInfo[];
export type Run<Attributes> = (inputs: Tensor[], attributes: Attributes) => Tensor[];

/** Registers `body` as a kernel of the wasm backend and returns what calls it. */
export function defineKernel<Attributes>(tf: Tf, name: string, body: Body<Attributes>): Run<Attributes> {
  if (tf.getKernel(name, 'wasm')) tf.unregisterKernel(name, 'wasm');
  tf.registerKernel({
    kernelName: name,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const list = Object.keys(inputs).map((key) => inputs[key] as TensorInfo);
      return body(list, (attrs as unknown as { value: Attributes }).value);
    },
  });
  return (inputs, attributes) => {
    const named = Object.fromEntries(inputs.map((tensor, i) => [`input${i}`, tensor]));
    const outputs: unknown = tf.engine().runKernel(name, named, { value: attributes } as never);
    return outputs as Tensor[];
  };
}

/** A differentiable operation of one output. */
export interface Operation {
  /** From the inputs to [output, ...what else the backward pass needs]. */
  forward(inputs: Tensor[]): Tensor[];
  /** Gradients of all inputs from that of the output; `kept` is all of forward's result but [0]. */
  backward(dy: Tensor, inputs: Tensor[], kept: Tensor[]): Tensor[];
}

/** Applies an operation so that tfjs's tape sees its own gradient. */
export function apply(tf: Tf, inputs: Tensor[], operation: Operation): Tensor {
  const differentiable = tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: Tensor[]) => void;
    const given = args as unknown as Tensor[];
    const [value, ...kept] = operation.forward(given);
    save([...given, ...kept]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        operation.backward(dy, saved.slice(0, given.length), saved.slice(given.length)),
    };
  });
  return differentiable(...inputs);
}

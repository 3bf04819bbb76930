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

export interface Recorder {
  /** Applies an operation so that tfjs's tape sees its own gradient. */
  apply(inputs: Tensor[], operation: Operation): Tensor;
  /** Frees what backward passes needed; called once the gradients are there. */
  release(): void;
}

/**
 * Keeps what backward passes need. tfjs's own `save` copies every tensor on the wasm backend,
 * which took a tenth of a step; here inputs are aliased and the rest simply kept.
 */
export function createRecorder(tf: Tf): Recorder {
  const retained: Tensor[] = [];
  const retain = (tensor: Tensor) => {
    retained.push(tf.keep(tensor));
    return tensor;
  };
  // A reshape shares its input's memory; variables outlive the step as they are.
  const alias = (tensor: Tensor) =>
    tensor instanceof tf.Variable ? tensor : retain(tf.reshape(tensor, tensor.shape));
  return {
    apply(inputs, operation) {
      const differentiable = tf.customGrad((...args) => {
        const given = args.slice(0, -1) as unknown as Tensor[];
        const [value, ...rest] = operation.forward(given);
        const recording = tf.engine().state.gradientDepth > 0;
        const saved = recording ? given.map(alias) : [];
        const kept = recording ? rest.map(retain) : [];
        return { value, gradFunc: (dy: Tensor) => operation.backward(dy, saved, kept) };
      });
      return differentiable(...inputs);
    },
    release() {
      for (const tensor of retained.splice(0)) tensor.dispose();
    },
  };
}

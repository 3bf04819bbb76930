/** What is measured beside the core: something that runs the twin, or a part of it, on one input. */
export interface Peer {
  name: string;
  /** One input at full depth; gives the exits' logits where it computes them, one row an exit. */
  run(): Promise<Float32Array[]> | Float32Array[];
  dispose(): Promise<void> | void;
}

/** A peer's package is not installed; only who compares needs them. */
export class MissingPeerError extends Error {
  constructor(names: string, cause: unknown) {
    super(`to compare with others, install them: npm install ${names}`, { cause });
    this.name = 'MissingPeerError';
  }
}

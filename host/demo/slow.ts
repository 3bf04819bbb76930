/** A stream that arrives as over a slow line, so that one can watch a model come in. */

const TICK_MS = 50;

export function slowly(
  stream: ReadableStream<Uint8Array>,
  bytesPerSecond: number,
): ReadableStream<Uint8Array> {
  const piece = Math.ceil((bytesPerSecond * TICK_MS) / 1000);
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        for (let at = 0; at < chunk.length; at += piece) {
          await new Promise((resolve) => setTimeout(resolve, TICK_MS));
          controller.enqueue(chunk.subarray(at, at + piece));
        }
      },
    }),
  );
}

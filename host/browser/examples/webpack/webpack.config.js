/** `npx webpack`; the page, with model.beex beside it, is this folder. */
import { fileURLToPath } from 'node:url';

export default {
  mode: 'production',
  entry: './main.js',
  context: fileURLToPath(new URL('.', import.meta.url)),
  output: {
    path: fileURLToPath(new URL('bundle', import.meta.url)),
    filename: 'main.js',
    module: true,
    publicPath: 'auto',
  },
  experiments: { outputModule: true },
};

/** The script of a worker that holds models: `loadInWorker` starts it, or a page does and hands it over. */
import { load } from '../browser/index.ts';
import { serve } from './serve.ts';

serve(globalThis, load);

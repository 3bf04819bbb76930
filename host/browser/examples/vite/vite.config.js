/** `npx vite build`, or `npx vite` to work on it; model.beex lies in public/. */
export default {
  base: './',
  build: { target: 'es2022' },
  // In development, vite would move the package's module away from the core's files beside it.
  optimizeDeps: { exclude: ['beexformer'] },
};

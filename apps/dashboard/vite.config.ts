import { defineConfig } from 'vite';

/** `npm run build` sets the output folder. The gateway serves what is built below `/dashboard/`. */
export default defineConfig({
  base: '/dashboard/',
  build: {
    target: 'es2022',
    // The first versions that know `light-dark()`.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});

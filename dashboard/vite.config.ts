import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the API is while the page is served by Vite: `OPTRAIL_URL=http://127.0.0.1:4700 npx vite dashboard`. */
const api = process.env.OPTRAIL_URL ?? 'http://127.0.0.1:4700';
// The server refuses what comes from another origin, as it would from a stranger's page.
const proxy = { target: api, changeOrigin: true, headers: { origin: api } };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  server: { proxy: { '/v1': proxy, '/docs': proxy } },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox125', 'safari17.5'],
    // The policy of the page allows no data: URL for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Charts and the tree are this large, and are loaded when they are first needed.
    chunkSizeWarningLimit: 900,
  },
});

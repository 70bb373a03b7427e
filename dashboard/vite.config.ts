import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The API's address while Vite serves the page: `OPTRAIL_URL=http://127.0.0.1:4700 npx vite dashboard`. */
const api = process.env.OPTRAIL_URL ?? 'http://127.0.0.1:4700';
// The server refuses requests of another origin, as it would from a stranger's page.
const proxy = { target: api, changeOrigin: true, headers: { origin: api } };

/** Asks for the two Latin typefaces with the first answer, before the style sheet is read. */
const preloadFonts: Plugin = {
  name: 'preload-fonts',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((file) => /geist(-mono)?-latin-wght-normal.*\.woff2$/.test(file))
        .map((file) => ({ tag: 'link', attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: '' } })),
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), preloadFonts],
  server: { proxy: { '/v1': proxy, '/docs': proxy } },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox125', 'safari17.5'],
    // The policy of the page allows no data: URL for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // ECharts is this large, and is loaded when it is first needed.
    chunkSizeWarningLimit: 900,
  },
});

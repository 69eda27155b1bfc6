// Bundles the site's style sheets and scripts into ../static with names that change when their content does.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, '..', 'static');

// A council is not on gov.uk: its pages carry neither that site's typeface nor its crest.
const withoutBranding = {
  name: 'without-branding',
  setup(build) {
    build.onLoad({ filter: /(govuk-frontend|moj-frontend)\.min\.css$/ }, ({ path: file }) => {
      const css = fs.readFileSync(file, 'utf8')
        .replace(/@font-face\{[^}]*\}/g, '')
        .replace(/GDS Transport,arial,sans-serif/g, '"Helvetica Neue",Helvetica,Arial,sans-serif')
        // A trick for a browser that no longer exists, which is not CSS.
        .replace(/@media screen\\0 and/g, '@media not all and')
        .replace(/[^{}]*\{[^{}]*govuk-crest\.svg[^{}]*\}/g, '')
        .replace(/url\(\/assets\/images\/(icon-[a-z-]+\.svg)\)/g, (whole, name) =>
          `url("${path.join(here, 'node_modules/@ministryofjustice/frontend/moj/assets/images', name)}")`);
      if (/GDS Transport|govuk-crest/.test(css)) throw new Error(`${file}: branding is left in the style sheet`);
      return { contents: css, loader: 'css', resolveDir: path.dirname(file) };
    });
  },
};

fs.rmSync(out, { recursive: true, force: true });
const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: { site: 'src/site.js', viewer: 'src/viewer.js' },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  outdir: out,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.svg': 'file', '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'file' },
  publicPath: '/static',
  legalComments: 'none',
  metafile: true,
  plugins: [withoutBranding],
});

const manifest = {};
for (const [file, info] of Object.entries(result.metafile.outputs)) {
  if (!info.entryPoint && !info.cssBundle && !file.endsWith('.css')) continue;
  const name = path.basename(file);
  manifest[name.replace(/-[A-Z0-9]{8}(?=\.)/, '')] = name;
}
const digest = createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 12);
fs.writeFileSync(path.join(out, 'manifest.json'), JSON.stringify({ digest, files: manifest }, null, 1));

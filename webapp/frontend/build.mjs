// Bundles the site's style sheets and scripts into ../static with names that change when their content does.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, '..', 'static');
const made = `${out}.new`;

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

// Our policy allows no style elements, so the code editor inside the editors has to use style sheets made by script in every browser.
const withoutStyleElements = {
  name: 'without-style-elements',
  setup(build) {
    build.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, ({ path: file }) => {
      const source = fs.readFileSync(file, 'utf8');
      const contents = source.replace('if (!root.head && root.adoptedStyleSheets', 'if (root.adoptedStyleSheets');
      if (contents === source) throw new Error(`${file} has changed: look again at how it makes style elements`);
      return { contents, loader: 'js' };
    });
    // Styles inside markup are refused too: they are set by script once the elements are there, which is allowed.
    build.onLoad({ filter: /node_modules[\\/]domify[\\/]index\.js$/ }, ({ path: file }) => {
      const source = fs.readFileSync(file, 'utf8');
      const contents = source.replace('element.innerHTML = prefix + htmlString + suffix;', `
        element.innerHTML = (prefix + htmlString + suffix).replaceAll(' style="', ' data-own-style="');
        for (const each of element.querySelectorAll('[data-own-style]')) {
          each.style.cssText = each.dataset.ownStyle;
          delete each.dataset.ownStyle;
        }`);
      if (contents === source) throw new Error(`${file} has changed: look again at how it makes elements`);
      return { contents, loader: 'js' };
    });
  },
};

fs.rmSync(made, { recursive: true, force: true });
const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: {
    site: 'src/site.js',
    viewer: 'src/viewer.js',
    'editor-diagram': 'src/editors/diagram.js',
    'editor-form': 'src/editors/form.js',
    'editor-table': 'src/editors/table.js',
  },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  outdir: made,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.svg': 'file', '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'file' },
  publicPath: '/static',
  legalComments: 'none',
  metafile: true,
  plugins: [withoutBranding, withoutStyleElements],
});

const manifest = {};
for (const [file, info] of Object.entries(result.metafile.outputs)) {
  if (!info.entryPoint && !info.cssBundle && !file.endsWith('.css')) continue;
  const name = path.basename(file);
  manifest[name.replace(/-[A-Z0-9]{8}(?=\.)/, '')] = name;
}
const digest = createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 12);
fs.writeFileSync(path.join(made, 'manifest.json'), JSON.stringify({ digest, files: manifest }, null, 1));
// What was built before stays until everything new is there.
fs.rmSync(out, { recursive: true, force: true });
fs.renameSync(made, out);

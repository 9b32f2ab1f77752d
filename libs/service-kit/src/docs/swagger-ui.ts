import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A static file of the pages. */
export interface Asset {
  readonly type: string;
  readonly content: Buffer | string;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

// All URLs are relative, so that the pages also work below a gateway's prefix. Nothing is loaded from another host.
const INIT =
  "SwaggerUIBundle({ url: './docs-json', dom_id: '#docs', deepLinking: true, docExpansion: 'list' });\n";

/** Content security policy of the page. Swagger UI embeds its icons as `data:` images. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** One of the files that the page needs; `undefined` for any other name. */
export async function assetOf(name: string): Promise<Asset | undefined> {
  if (name === 'init.js') return { type: 'text/javascript; charset=utf-8', content: INIT };
  const type = TYPES.get(name);
  if (type === undefined) return undefined;
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return { type, content: await readFile(join(folder, name)) };
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The page of `/docs`. */
export const pageOfDocs = (title: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escape(title)}</title>
    <link rel="icon" href="./docs/favicon-32x32.png">
    <link rel="stylesheet" href="./docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="./docs/swagger-ui-bundle.js"></script>
    <script src="./docs/init.js"></script>
  </body>
</html>
`;

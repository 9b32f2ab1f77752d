import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** The encodings that files are offered in, the preferred one first. */
export const ENCODINGS = ['br', 'gzip', 'identity'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** A file of the page, in memory. Each encoding is made when it is first asked for. */
export class PageFile {
  readonly type: string;
  readonly etag: string;
  private readonly encoded = new Map<Encoding, Promise<Buffer>>();

  constructor(name: string, bytes: Buffer) {
    this.type = TYPES[extname(name)] ?? 'application/octet-stream';
    this.etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    this.encoded.set('identity', Promise.resolve(bytes));
  }

  async in(encoding: Encoding): Promise<Buffer> {
    const known = this.encoded.get(encoding);
    if (known) return known;
    const made = compress(await this.in('identity'), encoding);
    this.encoded.set(encoding, made);
    return made;
  }
}

const compress = (bytes: Buffer, encoding: Encoding): Promise<Buffer> =>
  encoding === 'br'
    ? brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } })
    : deflate(bytes, { level: constants.Z_BEST_COMPRESSION });

/** Where the page is: beside the code of the gateway after the build, from the sources in `dist/`, and in the package beside its modules. */
const FOLDERS = ['../../../page', '../../../../../dist/apps/gateway/page', 'page'];

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>msa-gateway</title></head>
<body><h1>msa-gateway</h1><p>The dashboard is not built. Run <code>npm run build</code> and start the gateway again.</p>
<p><a href="/docs">/docs</a> <a href="/health">/health</a> <a href="/metrics">/metrics</a></p></body></html>
`;

/** The files of the dashboard, read once. */
export class PageFiles {
  readonly index: PageFile;
  private readonly assets: ReadonlyMap<string, PageFile>;

  /** @param folder the built page; `undefined`: it is not built */
  constructor(folder = builtPage()) {
    const index = folder === undefined ? Buffer.from(NOT_BUILT) : readFileSync(join(folder, 'index.html'));
    this.index = new PageFile('index.html', index);
    this.assets = folder === undefined ? new Map() : readAssets(join(folder, 'assets'));
  }

  /** @param name of a file in the folder of assets, without path */
  asset(name: string): PageFile | undefined {
    return this.assets.get(name);
  }
}

const builtPage = (): string | undefined =>
  FOLDERS.map((folder) => join(import.meta.dirname, folder)).find((folder) =>
    existsSync(join(folder, 'index.html')),
  );

const readAssets = (folder: string): ReadonlyMap<string, PageFile> =>
  new Map(readdirSync(folder).map((name) => [name, new PageFile(name, readFileSync(join(folder, name)))]));

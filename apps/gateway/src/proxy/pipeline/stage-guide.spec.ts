import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '#testing';
import type { StageFactory } from '../extension/stage-api.js';
import { instanceOf, localInstanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';

/** A file of the workspace: the compiler resolves the packages from there. */
const FILE = join(ROOT, 'client-limit.ts');

const codeIn = (page: string): string =>
  /```ts\n([^]*?)```/
    .exec(readFileSync(join(ROOT, page), 'utf8'))![1]!
    .replace('@msa-gateway/gateway', './apps/gateway/src/public.js');

/** The errors of the compiler for `code` as the content of {@link FILE}. */
function errorsOf(code: string): string[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.getSourceFile = (path, ...others) =>
    path === FILE ? ts.createSourceFile(path, code, ts.ScriptTarget.ES2023) : getSourceFile(path, ...others);
  const program = ts.createProgram([FILE], { ...options, noEmit: true }, host);
  const file = program.getSourceFile(FILE);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

async function factoryFrom(code: string): Promise<StageFactory> {
  const directory = mkdtempSync(join(tmpdir(), 'stage-'));
  const file = join(directory, 'client-limit.mjs');
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  writeFileSync(file, outputText);
  const { clientLimit } = (await import(file)) as { clientLimit: StageFactory };
  rmSync(dirname(file), { recursive: true });
  return clientLimit;
}

describe('the stage of docs/guide/stages.md', () => {
  const code = codeIn('docs/guide/stages.md');
  let service: Server;
  let seen: string[] = [];

  const serve = (running: unknown, respond: (body: string) => void): void => {
    seen.push(String(running));
    setTimeout(() => respond('ok'), 50);
  };

  beforeAll(async () => {
    service = createServer(({ headers }, response) =>
      serve(headers['x-client-running'], (body) => response.end(body)),
    ).listen(0, '127.0.0.1');
    await once(service, 'listening');
  });
  beforeEach(() => (seen = []));
  afterAll(() => service.close());

  it('is the same in the Korean page, and compiles', () => {
    expect(codeIn('docs/ko/guide/stages.md')).toBe(code);
    expect(errorsOf(code)).toEqual([]);
    expect(errorsOf(code.replace('readonly name', 'readonly nome'))).not.toEqual([]);
  });

  it.each(['wire', 'node', 'local'] as const)('limits each client, on the %s data plane', async (kind) => {
    const factory = await factoryFrom(code);
    const stages = new Map([[factory.name, { limit: 2 }]]);
    const plane = kind === 'wire' ? 'wire' : 'node';
    const harness = await ProxyHarness.start({}, plane, { stages }, [], [factory]);
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    harness.setInstances(
      kind === 'local'
        ? localInstanceOf('a', ({ headers }, response) =>
            serve(headers['x-client-running'], (body) => response.end(body)),
          )
        : instanceOf({ id: 'a', url }),
    );
    const send = () => fetch(`${harness.url}/api/users/`);
    const responses = await Promise.all([send(), send(), send()]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
    expect(responses.map(({ headers }) => headers.get('x-client-limit'))).toEqual(['2', '2', '2']);
    expect(seen).toEqual(['1', '2']);
    const refused = responses.find(({ status }) => status === 429)!;
    expect(await refused.json()).toMatchObject({
      type: 'urn:msa-gateway:problem:client-limit',
      title: 'Too many requests in progress',
    });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('x-request-id')).toMatch(/\S/);
    await Promise.all(responses.filter(({ status }) => status === 200).map((each) => each.text()));
    expect((await send()).status).toBe(200);
    expect(harness.stageErrors).toEqual([]);
    await harness.close();
  });
});

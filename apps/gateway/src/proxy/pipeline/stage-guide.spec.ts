import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '#testing';
import type { Stage } from '../exchange/stage.js';
import { instanceOf, localInstanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';

/** Where the page says that the stage belongs. */
const FILE = join(ROOT, 'apps/gateway/src/proxy/stages/client-limit/client-limit.stage.ts');

const codeIn = (page: string): string =>
  /```ts\n([^]*?)```/.exec(readFileSync(join(ROOT, page), 'utf8'))![1]!;

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

async function stageFrom(code: string, limit: number): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'stage-'));
  const file = join(directory, 'client-limit.stage.mjs');
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  writeFileSync(file, outputText);
  const { ClientLimitStage } = (await import(file)) as { ClientLimitStage: new (limit: number) => Stage };
  rmSync(dirname(file), { recursive: true });
  return new ClientLimitStage(limit);
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
    const stage = await stageFrom(code, 2);
    const harness = await ProxyHarness.start({}, kind === 'wire' ? 'wire' : 'node', {}, [stage]);
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
    expect(await refused.json()).toEqual({ error: 'too many requests in progress' });
    expect(refused.headers.get('x-request-id')).toMatch(/\S/);
    await Promise.all(responses.filter(({ status }) => status === 200).map((each) => each.text()));
    expect((await send()).status).toBe(200);
    expect(harness.stageErrors).toEqual([]);
    await harness.close();
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { parse } from 'yaml';
import { ROOT } from '#testing';
import { describePolicy } from './describe-policy.js';

const FILE = join(ROOT, 'policies.ts');

/** The errors of the compiler for policies in TypeScript, by the index of the policies that have one. */
function errorsOf(contents: readonly unknown[]): ReadonlyMap<number, string> {
  const lines = contents.map(
    (content, i) => `export const _${i} = ${JSON.stringify(content)} satisfies PolicyFile;`,
  );
  const source = `import type { PolicyFile } from '#contracts';\n${lines.join('\n')}\n`;
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const [fileExists, getSourceFile] = [host.fileExists.bind(host), host.getSourceFile.bind(host)];
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.getSourceFile = (path, ...others) =>
    path === FILE
      ? ts.createSourceFile(path, source, ts.ScriptTarget.ES2023)
      : getSourceFile(path, ...others);
  const program = ts.createProgram([FILE], { ...options, noEmit: true }, host);
  const file = program.getSourceFile(FILE)!;
  const errors = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return new Map(
    errors.map(({ start = 0, messageText }) => [
      file.getLineAndCharacterOfPosition(start).line - 1,
      ts.flattenDiagnosticMessageText(messageText, ' '),
    ]),
  );
}

/** The policy files in the guide. */
function documented(): unknown[] {
  const folder = join(ROOT, 'docs/guide');
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const texts = pages.flatMap((page) =>
    [...readFileSync(join(folder, page), 'utf8').matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text!),
  );
  return texts.filter((text) => /^version: 1$/m.test(text)).map((text) => parse(text) as unknown);
}

describe('The types of the policy file', () => {
  const { internalPaths: _internalPaths, ...policy } = describePolicy({ declaration: '', plain: {} });

  it('accept every file of the guide, and every default', () => {
    const files = documented();
    expect(files.length).toBeGreaterThan(15);
    expect(errorsOf([...files, { version: 1, defaults: policy }])).toEqual(new Map());
  });

  it('refuse what the gateway refuses', () => {
    const route = { name: 'a', match: { service: 'users' } };
    const refused = [
      {},
      { version: 2 },
      { version: 1, routes: [{ name: 'a' }] },
      { version: 1, routes: [{ ...route, contract: { onBreaking: 'report' } }] },
      { version: 1, defaults: { securityHeaders: 'yes' } },
      { version: 1, defaults: { timeout: {} } },
      { version: 1, defaults: { timeouts: { connect: 5 } } },
      { version: 1, defaults: { cors: 'off' } },
      { version: 1, defaults: { retry: { retryOn: ['sometimes'] } } },
      { version: 1, authentication: { jwt: { corp: {} } } },
    ];
    expect([...errorsOf([{ version: 1, routes: [route] }, ...refused]).keys()]).toEqual(
      refused.map((_each, i) => i + 1),
    );
  });
});

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { onPrograms, plainEnvironment, ROOT, tempDir, waitFor } from '#testing';
import { BIN, OperatedGateway } from './operated-gateway.js';
import { Terminal } from './terminal.js';

const folder = tempDir('completion-');
const COMMANDS =
  'init start check plan explain services events drain top keys token completion --help --version'.split(' ');

/** What bash would offer for a line whose end is the cursor, by the variables that it sets for such functions. */
const BASH = `
eval "$(msa-gateway completion bash)"
line=$1
COMP_LINE=$line COMP_POINT=\${#line}
_msa_gateway
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p msa-gateway`;

/** Ctrl-T lists what zsh would offer. The prompt is not in the line itself, which the terminal echoes. */
const ZSH = [
  `PROMPT=$'%{%}REA''DY '`,
  'autoload -Uz compinit && compinit -u -D',
  'eval "$(msa-gateway completion zsh)"',
  `bindkey '^T' list-choices\r`,
].join('; ');
const [CTRL_T, CTRL_U] = ['\u0014', '\u0015'];

describe('msa-gateway completion', () => {
  let gateway: OperatedGateway;
  beforeAll(async () => {
    gateway = await OperatedGateway.start();
    await gateway.add('users', 'users-a');
    await gateway.add('orders', 'orders-a');
    const program = join(folder.path, 'msa-gateway');
    const bin = join(ROOT, BIN);
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
    chmodSync(program, 0o755);
  });
  afterAll(async () => {
    await gateway.stop();
    folder.remove();
  });

  const environment = (url = gateway.url) => ({
    GATEWAY_URL: url,
    PATH: [folder.path, process.env.PATH].join(delimiter),
  });

  describe('in bash', () => {
    const offered = (line: string, url?: string) => {
      const env = plainEnvironment(environment(url));
      const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', BASH, 'bash', line], {
        env,
        encoding: 'utf8',
      });
      const lines = stdout.trim().split('\n');
      expect([stderr, lines.pop()]).toEqual(['', 'complete -o default -F _msa_gateway msa-gateway']);
      return lines.filter((text) => text !== '');
    };

    it.each([
      ['msa-gateway ', COMMANDS],
      ['msa-gateway e', ['explain', 'events']],
      ['msa-gateway events --', ['--follow', '--limit', '--service', '--gateway', '--json', '--help']],
      ['msa-gateway events --follow --j', ['--json']],
      ['msa-gateway events --follow --f', []],
      ['msa-gateway explain GET / -H a:b --h', ['--header', '--help']],
      ['msa-gateway init --language ', ['typescript', 'python', 'go']],
      ['msa-gateway completion z', ['zsh']],
      ['msa-gateway keys ', ['new']],
      ['msa-gateway services --service u', ['users']],
      ['msa-gateway services --service=u', ['users']],
      ['msa-gateway init --folder x --language=p', ['python']],
      ['msa-gateway events --json=', []],
      ['msa-gateway drain users-', ['users-a']],
      ['msa-gateway drain orders ', ['orders-a']],
      ['msa-gateway none ', []],
      // The shell then completes names of files.
      ['msa-gateway check ', []],
      ['msa-gateway start --config ', []],
    ])('%s', (line, expected) => expect(offered(line)).toEqual(expected));

    it('offers the services of the gateway that the line names, although bash splits URLs', () => {
      const line = `msa-gateway drain --gateway ${gateway.url} `;
      expect(offered(line, 'http://127.0.0.1:1')).toEqual(
        expect.arrayContaining(['users', 'orders', 'users-a', 'orders-a']),
      );
      const { port } = new URL(gateway.url);
      expect(offered('msa-gateway top --gateway http://127')).toEqual([`//127.0.0.1:${port}`]);
      expect(offered('msa-gateway drain ', 'http://127.0.0.1:1')).toEqual([]);
    });

    it('offers what the help of each command shows', async () => {
      for (const name of COMMANDS.filter((each) => !each.startsWith('-'))) {
        const { stdout } = await gateway.run(name, '--help');
        const documented = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
        expect([name, offered(`msa-gateway ${name} --`)]).toEqual([name, documented]);
      }
    });
  });

  it('offers no name that a shell could run or take for an option, and describes without control characters', async () => {
    const names = ['users', '$(touch x)', '`id`', 'a;b', 'a\nb', '--timeout=0'];
    const lists: Readonly<Record<string, unknown>> = {
      '/services': names.map((name) => ({ name, versions: ['1\n$(touch x)\t\u001b[2J'] })),
      '/discovery/services': names.map((id) => ({ id, name: 'orders', status: 'up\n$(touch x)' })),
    };
    const server = createServer(({ url }, response) => response.end(JSON.stringify(lists[url!])));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stdout } = await gateway.run('__complete', 'drain', '--gateway', url, '');
    server.close();
    expect(stdout.trimEnd().split('\n')).toEqual([
      'users\t1\u{fffd}$(touch x)\u{fffd}\u{fffd}[2J',
      'users\torders, up\u{fffd}$(touch x)',
    ]);
  });

  onPrograms(['zsh', 'python3'], 'msa-gateway completion in zsh', () => {
    let terminal: Terminal;
    beforeAll(async () => {
      terminal = new Terminal(['zsh', '-f', '-i'], environment(), [200, 50]);
      terminal.type(ZSH);
      await waitFor('the prompt', () => terminal.text.includes('READY'));
    });
    afterAll(async () => {
      terminal.type('exit\r');
      await terminal.exited;
    });

    it.each([
      ['msa-gateway ', [/^drain +-- takes an instance/m, /^top +-- shows/m, /^--version +-- prints/m]],
      ['msa-gateway drain ', [/^users-a +-- users, up/m, /^orders +-- 1\.2\.0/m]],
      ['msa-gateway init --language=p', [/^--language=python +-- of the service/m]],
      ['msa-gateway events --', [/^--follow +-- goes on/m, /^--limit +-- how many/m]],
      // The command offers nothing: names of files.
      ['msa-gateway check package', [/^package-lock\.json +package\.json/m]],
      ['msa-gateway token t --config=package', [/^package-lock\.json +package\.json/m]],
    ])('%s', async (line, expected) => {
      const before = terminal.text.length;
      terminal.type(line + CTRL_T);
      for (const pattern of expected)
        await waitFor(String(pattern), () => pattern.test(terminal.text.slice(before)));
      terminal.type(CTRL_U);
    });
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import {
  call,
  findProgram,
  freePort,
  LaunchedProcess,
  onPrograms,
  startApp,
  tempDir,
  waitFor,
} from '#testing';
import { runCommand } from './support/curl-session.js';
import { commandsOf, readText } from './support/documentation.js';

/** The blocks of a page in one language. */
const blocksOf = (file: string, language: string): readonly string[] =>
  [...readText(file).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, text]) => text!,
  );

/** The same without comments, which are translated. */
const plain = (text: string): unknown =>
  parseAllDocuments(text).map((document) => document.toJS() as unknown);

interface Container {
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly clusterIP?: string;
    readonly selector: { readonly app?: string; readonly matchLabels?: { readonly app: string } };
    readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
    readonly template: {
      readonly metadata: { readonly labels: { readonly app: string } };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
      };
    };
  };
}

const KUBERNETES = 'docs/guide/kubernetes.md';

describe(`the manifest of ${KUBERNETES}`, () => {
  const [text = ''] = blocksOf(KUBERNETES, 'yaml');
  const manifests = plain(text) as readonly Manifest[];
  const manifest = (kind: string, name: string): Manifest =>
    manifests.find((each) => each.kind === kind && each.metadata.name === name)!;
  const podOf = (name: string) => manifest('Deployment', name).spec.template.spec;
  const settings = Object.fromEntries(
    podOf('gateway').containers[0].env!.map(({ name, value }) => [
      name,
      value ?? 'a-token-of-sixteen-characters',
    ]),
  );
  const instances = manifest('ConfigMap', 'gateway-instances').data!['instances.json']!;

  it('is the same in both languages', () => {
    const [korean = ''] = blocksOf('docs/ko/guide/kubernetes.md', 'yaml');
    expect(plain(korean)).toEqual(manifests);
  });

  it.each(['gateway', 'users'])('selects the pods of %s, at the port that they have', (name) => {
    const { labels } = manifest('Deployment', name).spec.template.metadata;
    const { selector, ports } = manifest('Service', name).spec;
    expect([selector, manifest('Deployment', name).spec.selector.matchLabels]).toEqual([labels, labels]);
    expect(podOf(name).containers[0].ports.map((port) => port.name)).toEqual(
      ports.map((port) => port.targetPort),
    );
  });

  it('has probes of the gateway, and gives it the time to stop', () => {
    const { containers, terminationGracePeriodSeconds } = podOf('gateway');
    expect(containers[0]).toMatchObject({
      ports: [{ containerPort: 8000 }],
      startupProbe: { httpGet: { path: '/health/live' } },
      livenessProbe: { httpGet: { path: '/health/live' } },
      readinessProbe: { httpGet: { path: '/health/ready' } },
    });
    expect(terminationGracePeriodSeconds).toBeGreaterThan(Number(settings.SHUTDOWN_TIMEOUT_SECONDS));
  });

  it('names the port of the pods of the headless Service, and lets them drain', () => {
    const { clusterIP, ports } = manifest('Service', 'users').spec;
    const { containers, terminationGracePeriodSeconds } = podOf('users');
    expect([clusterIP, ports[0]!.port]).toEqual(['None', containers[0].ports[0]!.containerPort]);
    expect(instances).toContain(`dns://users.default.svc.cluster.local:${ports[0]!.port}`);
    expect(terminationGracePeriodSeconds).toBeGreaterThan(containers[0].lifecycle!.preStop.sleep.seconds);
  });

  it('has settings with which a gateway starts', async () => {
    const folder = tempDir('kubernetes-');
    const file = join(folder.path, 'instances.json');
    writeFileSync(file, instances);
    const env = { ...settings, INSTANCES_FILE: file, DATA_DIR: folder.path, GATEWAY_PORT: '0' };
    // A server that does not exist: the name of the cluster is not looked up outside.
    const dns = { DNS_SERVERS: `127.0.0.1:${await freePort()}`, SHUTDOWN_DELAY_SECONDS: '0' };
    const gateway = await startApp('gateway', { ...env, ...dns });
    await waitFor('the gateway', async () => (await call(gateway.url, 'GET /health/ready')).status === 200);
    await gateway.process.stop();
    folder.remove();
  });
});

const BALANCER = 'docs/guide/behind-a-load-balancer.md';

describe(`the settings of ${BALANCER}`, () => {
  it('for Traefik name the health check, and an idle time below that of the gateway', () => {
    const { http } = parse(blocksOf(BALANCER, 'yaml')[0]!) as {
      http: Record<string, Record<string, object>>;
    };
    expect(http.services!.gateways).toMatchObject({
      loadBalancer: { serversTransport: 'gateways', healthCheck: { path: '/health/ready' } },
    });
    expect(http.serversTransports!.gateways).toMatchObject({
      forwardingTimeouts: { idleConnTimeout: '60s' },
    });
  });

  it('are right that PROXY protocol gets 400', async () => {
    const folder = tempDir('proxy-protocol-');
    const gateway = await startApp('gateway', { GATEWAY_PORT: '0', DATA_DIR: folder.path });
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(
      'PROXY TCP4 203.0.113.9 127.0.0.1 40000 8000\r\nGET /health/live HTTP/1.1\r\nhost: a\r\n\r\n',
    );
    const [response] = (await once(socket, 'data')) as [Buffer];
    expect(response.toString()).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
    await gateway.process.stop();
    folder.remove();
  });

  onPrograms(['nginx'], 'for nginx', () => {
    it('forward requests and their fields', async () => {
      const upstream = createServer(({ headers }, response) => response.end(JSON.stringify(headers)));
      await once(upstream.listen(0, '127.0.0.1'), 'listening');
      const { port } = upstream.address() as AddressInfo;
      const folder = tempDir('nginx-guide-');
      const listen = await freePort();
      const http = blocksOf(BALANCER, 'nginx')[0]!
        .replace('10.0.0.11:8000', `127.0.0.1:${port}`)
        .replace(/.*10\.0\.0\.12.*\n/, '')
        .replace('listen 80;', `listen 127.0.0.1:${listen};`);
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${folder.path}/${name};`,
      );
      const file = join(folder.path, 'nginx.conf');
      writeFileSync(
        file,
        `pid ${folder.path}/pid; error_log stderr; events {}\nhttp { access_log off; ${paths.join(' ')}\n${http}}\n`,
      );
      const nginx = new LaunchedProcess(
        findProgram('nginx')!,
        ['-c', file, '-g', 'daemon off;'],
        process.env,
      );
      const url = `http://127.0.0.1:${listen}`;
      await waitFor('nginx', async () => (await fetch(url).catch(() => undefined))?.ok === true);
      const response = await fetch(url, { headers: { 'x-forwarded-for': '203.0.113.9' } });
      expect(await response.json()).toMatchObject({
        host: `127.0.0.1:${listen}`,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
      });
      await nginx.stop();
      upstream.closeAllConnections();
      upstream.close();
      folder.remove();
    });
  });
});

onPrograms(['npm'], 'the policy files for a move from another gateway', () => {
  const commands = commandsOf(readText('docs/guide/moving-from-other-gateways.md')).map(({ text }) => text);

  it('are three', () => {
    expect(commands).toHaveLength(3);
  });

  it.each(commands)(
    'are valid: %s',
    async (command) => {
      expect(await runCommand(command, {})).toMatchObject({ code: 0 });
    },
    30_000,
  );
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

// Debian installs servers into folders that are on root's PATH only.
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin'];

const onPath = (program) => FOLDERS.some((folder) => existsSync(join(folder, program)));

// Debian installs PostgreSQL's programs outside of PATH, in one folder per version.
function hasPostgres() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  return versions.some((version) => existsSync(join(debian, version, 'bin', 'initdb'))) || onPath('initdb');
}

// The package would create and start a database cluster on port 5432; suites start their own servers.
function withoutDefaultCluster() {
  const settings = '/etc/postgresql-common/createcluster.conf';
  if (existsSync(settings)) return;
  mkdirSync(dirname(settings), { recursive: true });
  writeFileSync(settings, 'create_main_cluster = false\n');
}

// Another Python, without FastAPI, may come first on PATH: the one of Debian runs uvicorn.
const hasFastApi = () => existsSync('/usr/lib/python3/dist-packages/fastapi');

/**
 * Programs that suites run (servers, a browser, curl for the commands of the guide, promtool, FastAPI for its examples, zsh
 * for its completion) and their Debian packages.
 */
const SERVERS = [
  { name: 'curl', package: 'curl', isInstalled: () => onPath('curl') },
  {
    name: 'PostgreSQL',
    package: 'postgresql',
    isInstalled: hasPostgres,
    beforeInstall: withoutDefaultCluster,
  },
  { name: 'Redis', package: 'redis-server', isInstalled: () => onPath('redis-server') },
  { name: 'nginx', package: 'nginx-light', isInstalled: () => onPath('nginx') },
  { name: 'dnsmasq', package: 'dnsmasq-base', isInstalled: () => onPath('dnsmasq') },
  { name: 'Chromium', package: 'chromium', isInstalled: () => onPath('chromium') },
  { name: 'FastAPI', package: 'python3-fastapi', isInstalled: hasFastApi },
  { name: 'zsh', package: 'zsh', isInstalled: () => onPath('zsh') },
  { name: 'uvicorn', package: 'uvicorn', isInstalled: () => onPath('uvicorn') },
  {
    name: 'Prometheus',
    package: 'prometheus',
    isInstalled: () => onPath('prometheus') && onPath('promtool'),
  },
];

const isDebian = () => existsSync('/etc/debian_version') && onPath('apt-get');
const isRoot = () => process.getuid?.() === 0;

function apt(...args) {
  // Run level 1: packages do not start the servers that they install.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', UCF_FORCE_CONFFOLD: '1', RUNLEVEL: '1' };
  const options = ['-qq', '-o', 'Dpkg::Use-Pty=0', '-o', 'Dpkg::Options::=--force-confold'];
  const { status, stdout, stderr } = spawnSync('apt-get', [...options, ...args], { env, encoding: 'utf8' });
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

/** Installs Debian packages; returns whether it succeeded. Fetches the package lists if the first attempt fails. */
function install(packages) {
  const attempt = () => apt('install', '-y', '--no-install-recommends', ...packages);
  let result = attempt();
  if (!result.ok) {
    apt('update');
    result = attempt();
  }
  if (!result.ok) console.error(result.output);
  return result.ok;
}

/** Servers that suites need and that are not installed: `{ name, package }`. */
export const missingServers = () => SERVERS.filter(({ isInstalled }) => !isInstalled());

/**
 * Installs missing servers that suites need, if this process may do so (root on Debian or a derivative).
 * @returns those that are still missing: `{ name, package }`
 */
export function ensureServers() {
  const missing = missingServers();
  if (missing.length === 0 || !isRoot() || !isDebian()) return missing;
  console.log(`Installing ${missing.map(({ name }) => name).join(', ')} for the test suites…`);
  for (const server of missing) server.beforeInstall?.();
  install(missing.map((server) => server.package));
  return missingServers();
}

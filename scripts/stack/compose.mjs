import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StackError } from './stack-error.mjs';

/** The compose files of each kind of stack. */
export const FILES = {
  development: ['docker-compose.yml'],
  watch: ['docker-compose.yml', 'docker-compose.watch.yml'],
  production: ['docker-compose.prod.yml'],
};

const NO_DOCKER =
  'docker is not on this machine. See https://docs.docker.com/engine/install, or run without it: npm start';

/** Runs docker; `stdio` says where its output goes. */
async function docker(args, stdio) {
  const child = spawn('docker', args, { stdio });
  // Ctrl-C reaches docker, too, and it is docker that has to end first.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
  try {
    const [code, signal] = await once(child, 'close');
    return { code: code ?? (signal === 'SIGINT' ? 130 : 1), stdout };
  } catch (error) {
    throw new StackError(error.code === 'ENOENT' ? NO_DOCKER : `docker cannot be run: ${error.message}`);
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** Docker, and Docker Compose on the files of one kind of stack. */
export class Compose {
  constructor(kind) {
    this.kind = kind;
    this.files = FILES[kind].flatMap((file) => ['-f', file]);
  }

  /** Runs a compose command on this terminal and returns its exit code. */
  async run(...args) {
    return (await docker(['compose', ...this.files, ...args], 'inherit')).code;
  }

  /** Runs a docker command and returns what it wrote. @throws StackError when it fails; its complaint is on the terminal. */
  async docker(...args) {
    const { code, stdout } = await docker(args, ['ignore', 'pipe', 'inherit']);
    if (code !== 0) throw new StackError(`docker ${args[0]} failed with exit code ${code}`);
    return stdout;
  }

  /** Ids of the containers of a service that run. */
  async containersOf(service) {
    const ids = await this.docker('compose', ...this.files, 'ps', '--quiet', service);
    return ids.split('\n').filter((id) => id !== '');
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StackError } from './stack-error.mjs';

/** The compose files of each kind of stack. */
export const FILES = {
  development: ['docker-compose.yml'],
  watch: ['docker-compose.yml', 'docker-compose.watch.yml'],
  production: ['docker-compose.prod.yml'],
};

/** Docker Compose on the files of one kind of stack. */
export class Compose {
  constructor(kind) {
    this.kind = kind;
  }

  /** Runs a compose command on this terminal and returns its exit code. */
  async run(...args) {
    return (await this.#start(args, 'inherit')).code;
  }

  /** Runs a compose command and returns what it wrote. @throws StackError with its complaint when it fails. */
  async read(...args) {
    const { code, stdout } = await this.#start(args, ['ignore', 'pipe', 'inherit']);
    if (code !== 0) throw new StackError(`docker compose ${args[0]} failed with exit code ${code}`);
    return stdout;
  }

  async #start(args, stdio) {
    const files = FILES[this.kind].flatMap((file) => ['-f', file]);
    const child = spawn('docker', ['compose', ...files, ...args], { stdio, env: this.env });
    // Ctrl-C reaches docker, too, and it is docker that has to end first.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
    try {
      const [code, signal] = await once(child, 'close');
      return { code: code ?? (signal === 'SIGINT' ? 130 : 1), stdout };
    } catch (error) {
      throw new StackError(
        error.code === 'ENOENT'
          ? 'docker is not on this machine. See https://docs.docker.com/engine/install, or run without it: npm start'
          : `docker cannot be run: ${error.message}`,
      );
    } finally {
      process.off('SIGINT', ignore);
    }
  }
}

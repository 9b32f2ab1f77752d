import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../stack-error.mjs';

const RELOAD_TIMEOUT_MS = 30_000;
const POLL_MS = 200;
/** Weight of each new instance, as in its registration. */
const NEW_WEIGHT = 100;

/**
 * Divides the requests to a service between old and new versions by `traffic` in the policy file of the gateways, so that each client
 * stays on one version. The file is restored afterwards.
 */
export class VersionTraffic {
  #original;
  #written;

  /**
   * @param path the policy file on this machine
   * @param yaml the package of that name
   */
  constructor(path, registry, yaml) {
    this.path = path;
    this.registry = registry;
    this.yaml = yaml;
  }

  /** Only versions that differ can be told apart. */
  canDivide(oldInstances, newInstances) {
    const versions = new Set(oldInstances.map(({ version }) => version));
    return newInstances.every(({ version }) => !versions.has(version));
  }

  /** Gives the versions the weights that their instances would have: `weight` for each old one. */
  async divide(oldInstances, newInstances, weight) {
    const weights = new Map();
    const add = ({ version }, amount) => weights.set(version, (weights.get(version) ?? 0) + amount);
    for (const instance of oldInstances) add(instance, weight);
    for (const instance of newInstances) add(instance, NEW_WEIGHT);
    const versions = Array.from(weights, ([version, each]) => ({ version, weight: each }));
    this.#original ??= this.#read();
    this.#edit((document) => document.setIn(this.#place, document.createNode({ versions })));
    await this.#untilInEffect(versions);
  }

  /** Removes `traffic` from the file again; changes that others have made meanwhile stay. */
  restore() {
    if (this.#written === undefined) return;
    if (this.#read() === this.#written) this.#write(this.#original);
    else this.#edit((document) => document.deleteIn(this.#place));
    this.#written = undefined;
  }

  get #place() {
    return ['services', this.registry.service, 'traffic'];
  }

  #read() {
    return readFileSync(this.path, 'utf8');
  }

  #edit(change) {
    const document = this.yaml.parseDocument(this.#read());
    change(document);
    this.#write(String(document));
  }

  #write(text) {
    writeFileSync(`${this.path}.new`, text);
    renameSync(`${this.path}.new`, this.path);
    this.#written = text;
  }

  async #untilInEffect(versions) {
    const deadline = Date.now() + RELOAD_TIMEOUT_MS;
    while (!(await this.registry.dividedBy()).every((each) => isDeepStrictEqual(each, versions))) {
      if (Date.now() > deadline) throw new StackError(`a gateway has not loaded the change of ${this.path}`);
      await sleep(POLL_MS);
    }
  }
}

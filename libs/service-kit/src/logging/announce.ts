import { unconditional, type Logger } from './logger.js';

/** A system or an app that has started. */
export interface StartedSystem {
  /** Name of an app that started alone; absent for a whole system. */
  readonly name?: string;
  /** URL for operators. */
  readonly url: string;
  /** URL for clients, if it is another one. */
  readonly clientUrl?: string | undefined;
  /** Command that adds sample data, if the system has services that take them. */
  readonly seed?: string;
}

/** Logs the last line of a start, whatever the level. */
export function announceReady(logger: Logger, { name, url, clientUrl, seed }: StartedSystem): void {
  const docs = `${url}/docs`;
  const sentences = [
    `${name === undefined ? '' : `${name} `}ready: open ${url}`,
    ...(clientUrl === undefined ? [] : [`clients use ${clientUrl}`]),
    `documents at ${docs}`,
    ...(seed === undefined ? [] : [`sample data by ${seed}`]),
  ];
  unconditional(logger).info({ url, clientUrl, docs, seed }, sentences.join('; '));
}

/** Logs the last line of a shutdown, whatever the level. */
export function announceStopped(logger: Logger, apps: readonly { readonly name: string }[]): void {
  unconditional(logger).info({}, `stopped: ${apps.map(({ name }) => name).join(', ')}`);
}

/** What stored responses are purged by. */
export interface PurgeLabels {
  /** Service in the path of the request. */
  readonly service: string;
  /** Path of the request after the prefix of the service, without the query. */
  readonly path: string;
  readonly tags: readonly string[];
}

/**
 * Selects stored responses: those of the service, of the path, and with one of the tags, as far as these are given.
 * Without members it selects all.
 */
export interface PurgeSelector {
  readonly service?: string;
  /** Path after the prefix of the service, with any query; with `*` at its end every path that begins with the text before it. */
  readonly path?: string;
  readonly tags?: readonly string[];
}

/** Holds stored responses. */
export interface PurgeTarget {
  /** Removes the selected responses. @returns their number */
  purge(selector: PurgeSelector): number;
}

/** Selects every stored response. */
export const EVERYTHING: PurgeSelector = {};

const ANY_END = '*';

/** The text before the `*` of a selector's path; `undefined` for an exact path. */
export const prefixIn = (path: string): string | undefined =>
  path.endsWith(ANY_END) ? path.slice(0, -ANY_END.length) : undefined;

function coversPath(selected: string, path: string): boolean {
  const prefix = prefixIn(selected);
  return prefix === undefined ? path === selected : path.startsWith(prefix);
}

/** Whether `selector` selects a response with these labels. */
export const covers = ({ service, path, tags }: PurgeSelector, labels: PurgeLabels): boolean =>
  (service === undefined || service === labels.service) &&
  (path === undefined || coversPath(path, labels.path)) &&
  (tags === undefined || tags.some((tag) => labels.tags.includes(tag)));

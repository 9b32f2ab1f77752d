import { isForwardingField } from '../../../policy/fixed-fields.js';

const PLACED = new Set(['location', 'content-location', 'set-cookie']);

/** Whether a response field contains a URL or path under the root of the instance. */
export const isPlaced = (lowerName: string): boolean => PLACED.has(lowerName);

/** Fields that `Connection` cannot remove. Removal could change the origin, length or permissions of a request. */
const PROTECTED = new Set([
  'host',
  'authorization',
  'cookie',
  'set-cookie',
  'content-length',
  'content-type',
  'content-encoding',
  'content-range',
  'cache-control',
  'date',
  'expect',
  'location',
  'origin',
  'range',
  'te',
  'trailer',
  'vary',
  'via',
  'www-authenticate',
  'x-request-id',
]);

export const isProtected = (lowerName: string): boolean =>
  PROTECTED.has(lowerName) || isForwardingField(lowerName);

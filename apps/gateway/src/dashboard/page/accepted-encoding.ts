import { ENCODINGS, type Encoding } from './page-files.js';

/** The preferred one of our encodings that a client accepts (RFC 9110, section 12.5.3). */
export function acceptedEncoding(field: string | undefined): Encoding {
  const accepted = new Set(
    (field ?? '').split(',').flatMap((each) => {
      const [name = '', ...parameters] = each.toLowerCase().split(';');
      return parameters.some((parameter) => /^\s*q\s*=\s*0(\.0*)?\s*$/.test(parameter)) ? [] : [name.trim()];
    }),
  );
  return ENCODINGS.find((encoding) => accepted.has(encoding)) ?? 'identity';
}

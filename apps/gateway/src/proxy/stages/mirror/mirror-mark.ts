import { createHmac, timingSafeEqual } from 'node:crypto';
import { VIA_NAME } from '../../http1/head/forwarding-lines.js';

/** The field by which gateways recognise copies. */
export const MIRRORED_BY = 'x-mirrored-by';

const PURPOSE = 'msa-gateway mirrored request';
const PROOF_LENGTH = 22;

/**
 * The value of {@link MIRRORED_BY}: the name of the gateway and a proof that only gateways of the same fleet can make, so
 * that no client can keep its requests from being copied.
 */
export class MirrorMark {
  readonly value: string;

  /** @param secret the token of the registry; without one, clients can make the proof */
  constructor(secret = '') {
    const proof = createHmac('sha256', secret).update(PURPOSE).digest('base64url').slice(0, PROOF_LENGTH);
    this.value = `${VIA_NAME} ${proof}`;
  }

  /** Whether a request has the mark of a gateway of this fleet. */
  isOn(request: { header(name: string): string | undefined }): boolean {
    const value = request.header(MIRRORED_BY);
    return value?.length === this.value.length && timingSafeEqual(bytesOf(value), bytesOf(this.value));
  }
}

/** One byte per character, as the data planes read header fields: equal lengths stay equal. */
const bytesOf = (value: string): Buffer => Buffer.from(value, 'latin1');

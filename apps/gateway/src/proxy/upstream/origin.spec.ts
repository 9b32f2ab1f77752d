import { endpointThrough } from '../../discovery/index.js';
import { originOf } from './origin.js';

describe('originOf', () => {
  it('uses the address of an endpoint for the socket, and the name for Host and TLS', () => {
    expect(originOf('https://users#10.0.0.3')).toEqual({
      isTls: true,
      host: '10.0.0.3',
      port: 443,
      authority: 'users',
      serverName: 'users',
    });
    expect(originOf('http://users:8001#fd00::1')).toMatchObject({ host: 'fd00::1', authority: 'users:8001' });
  });

  it('uses the host for the socket if it is an address', () => {
    expect(originOf('https://[fd00::1]:8443')).toMatchObject({
      host: 'fd00::1',
      authority: '[fd00::1]:8443',
      serverName: '',
    });
  });

  it('uses the address and port of a relay for the socket', () => {
    const relayed = endpointThrough('https://users:8443#10.0.0.3', 40_001);
    expect(originOf(relayed)).toEqual({
      isTls: true,
      host: '127.0.0.1',
      port: 40_001,
      authority: 'users:8443',
      serverName: 'users',
    });
  });
});

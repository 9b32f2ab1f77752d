import { readServiceConfig, registrationOf } from './service-config.js';

const registration = (env: Record<string, string>) =>
  registrationOf(
    { name: 'note-service', version: '1.0.0' },
    readServiceConfig(env, 'NOTE_SERVICE_PORT', 0),
    'http://0.0.0.0:9001',
  );

describe('readServiceConfig', () => {
  it('rejects a token that no registry could recognise, and blank texts', () => {
    const read = () =>
      readServiceConfig({ REGISTRY_TOKEN: 'two words', DATA_DIR: '  ' }, 'NOTE_SERVICE_PORT', 0);
    expect(read).toThrow(/DATA_DIR must be a string that is not blank/);
    expect(read).toThrow(/REGISTRY_TOKEN must be visible ASCII characters without spaces/);
  });
});

describe('registrationOf', () => {
  it('registers the URL at which the service listens, and no weight', () => {
    expect(registration({})).toMatchObject({
      name: 'note-service',
      version: '1.0.0',
      url: 'http://0.0.0.0:9001',
    });
    expect(registration({})).not.toHaveProperty('weight');
  });

  it('registers the URL and the weight from the environment', () => {
    const env = { ADVERTISED_URL: 'http://notes.example:80', INSTANCE_WEIGHT: '0' };
    expect(registration(env)).toMatchObject({ url: 'http://notes.example:80', weight: 0 });
  });

  it('has the same id on the same machine and port', () => {
    expect(registration({}).id).toBe(registration({ INSTANCE_WEIGHT: '5' }).id);
    expect(registration({}).id).toMatch(/^note-service-[A-Za-z0-9._-]+-9001-[0-9a-f]{8}$/);
  });
});

import { ConfigError } from '../config/config-error.js';
import { integer, readEnv, type Env } from '../config/read-env.js';
import { readBaseConfig } from '../config/base-config.js';
import { checkConfig } from './check-config.js';

const withPort = (name: string) => ({
  readConfig: (env: Env) => {
    readEnv(env, { LOUDNESS: integer(0, 9)({ default: 1 }), [name]: integer(0, 65535)({ default: 0 }) });
    return readBaseConfig(env);
  },
});

const thrownBy = (env: Env): unknown => {
  try {
    checkConfig([withPort('A_PORT'), withPort('B_PORT')], env);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('checkConfig', () => {
  it('accepts an environment that every app accepts', () => {
    expect(thrownBy({ A_PORT: '1', B_PORT: '2' })).toBeUndefined();
  });

  it('names the invalid variables of all apps in one line, shared ones once', () => {
    const error = thrownBy({ A_PORT: 'x', B_PORT: '-1', LOUDNESS: '11' });
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toBe(
      'bad configuration: LOUDNESS must be a whole number from 0 to 9; ' +
        'A_PORT must be a whole number from 0 to 65535; B_PORT must be a whole number from 0 to 65535',
    );
  });

  it('never contains a value', () => {
    expect((thrownBy({ A_PORT: 's3cret' }) as ConfigError).message).not.toContain('s3cret');
  });
});

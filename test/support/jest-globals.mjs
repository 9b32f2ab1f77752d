// Under ESM jest does not set the `jest` global, which the specs and some libraries expect.
import { jest } from '@jest/globals';

globalThis.jest = jest;
import 'reflect-metadata';

import { describeRegistryStore } from '../testing/registry-store.contract.js';
import { MemoryStore } from './memory.store.js';

describeRegistryStore('MemoryStore', () => new MemoryStore());

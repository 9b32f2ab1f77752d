/** Node options for jest, which runs ES modules through node:vm, an experimental feature of Node. */
export const VM_MODULES = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

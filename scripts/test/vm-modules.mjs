/** Node options of jest, which runs ES modules through node:vm; Node calls that experimental. */
export const VM_MODULES = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
